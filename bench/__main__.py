"""``python -m bench NAME [--small]``: measure, and print the figures as one line of JSON, last."""

import argparse
import gc
import json
import os
import sys

from bench import claims, endings, inbox, letters, money, property_tax, scale, steering
from workers import loop

BENCHES = {
    "claims": claims.run,
    "endings": endings.run,
    "inbox": inbox.run,
    "letters": letters.run,
    "money": money.run,
    "property-tax": property_tax.run,
    "scale": scale.run,
    "steering": steering.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--small", action="store_true", help="an answer in under 50 seconds")
    arguments = parser.parse_args()
    figures = loop.run(BENCHES[arguments.name](is_small=arguments.small))
    print(json.dumps(figures))
    sys.stdout.flush()
    gc.collect()
    os._exit(0)  # The SDK may crash while Python ends (sdk-python 300).


if __name__ == "__main__":
    main()
