"""``python -m tests.upgrade`` is the next release's ``rettidig``, with all its commands."""

import persistence.migrations
import workers.stories
from cli.main import main
from tests.upgrade.next_release import next_configuration, next_stories

persistence.migrations.configuration = next_configuration
workers.stories.story_workflows = next_stories
main()
