"""All routes of the JSON API, and all pages: what is not named here cannot be reached."""

from types import ModuleType

from api.pages import files as files_page
from api.pages import information, language
from api.pages import letters as letters_page
from api.pages.agreements import acts as agreement_acts
from api.pages.agreements import assessment_figures
from api.pages.agreements import end as agreement_end
from api.pages.agreements import plan as agreements_page
from api.pages.agreements import reinstate as agreement_reinstate
from api.pages.claims import (
    case,
    case_letters,
    case_money,
    holding,
    mending,
    objecting,
    withdrawing,
)
from api.pages.claims import listing as claims_page
from api.pages.claims import writings as writings_page
from api.pages.council import compare as council_compare
from api.pages.council import files as council_files
from api.pages.council import lines as council_lines
from api.pages.council import reports as council_page
from api.pages.debtors import access as access_page
from api.pages.debtors import correcting as rectifying_page
from api.pages.debtors import debtor as debtors_page
from api.pages.debtors import protections as protections_page
from api.pages.debtors import search as search_page
from api.pages.distraints import acts as distraint_acts
from api.pages.distraints import calendar as distraints_page
from api.pages.distraints import moves as distraint_moves
from api.pages.distraints import owners as distraint_owners_page
from api.pages.endings import discharging, suspending, write_off_lines
from api.pages.endings import write_offs as write_offs_page
from api.pages.enquiries import consultations as consultations_page
from api.pages.enquiries import department_questions, new_enquiry
from api.pages.enquiries import enquiry as enquiries_page
from api.pages.enquiries import figures as enquiry_figures
from api.pages.executions import execution, stage_steps, temporal_door
from api.pages.executions import listing as executions_page
from api.pages.foresight import pauses, tomorrow
from api.pages.keeping import erasures as erasures_page
from api.pages.limitation import events as limitation_events
from api.pages.limitation import radar as limitation_page
from api.pages.money import payments as payments_page
from api.pages.money import reconciliation
from api.pages.people import kept_forms, sign_in
from api.pages.people import notifications as notifications_page
from api.pages.people import substitutions as substitutions_page
from api.pages.recovery import adding_debtors, correcting, recalling, transferring
from api.pages.recovery import exchange as recovery_page
from api.pages.recovery import transfers as transfers_page
from api.pages.replaying import time_machine
from api.pages.steering import flow as flow_page
from api.pages.steering import prevention, strategy, workload
from api.pages.tasks import acts as task_acts
from api.pages.tasks import answers as task_answers
from api.pages.tasks import asking as task_asking
from api.pages.tasks import inbox as inbox_page
from api.pages.tasks import inbox_acts, inbox_events, screens
from api.pages.tasks import task as tasks_page
from api.pages.telling import webhooks as webhooks_page
from api.pages.trail import export as trail_export
from api.pages.trail import listing as trail_page
from api.pages.trail import looking
from api.pages.trail import samples as samples_page
from api.routes import (
    agreements,
    assessments,
    cases,
    claims,
    consultations,
    corrections,
    council,
    debtors,
    decisions,
    distraint_owners,
    distraints,
    dossiers,
    drafts,
    enquiries,
    erasures,
    executions,
    figures,
    files,
    flow,
    forecast,
    health,
    inbox,
    letters,
    limitation,
    look_samples,
    metrics,
    notifications,
    objections,
    payloads,
    payments,
    recovery,
    rectifications,
    search,
    substitutions,
    suspensions,
    tasks,
    token,
    trail,
    transfers,
    trials,
    webhooks,
    write_offs,
    writings,
)
from api.routes import prevention as prevention_routes
from api.routes import strategy as strategy_routes
from api.routes import workload as workload_routes

API: tuple[ModuleType, ...] = (
    claims,
    transfers,
    dossiers,
    cases,
    writings,
    payments,
    recovery,
    corrections,
    files,
    letters,
    inbox,
    tasks,
    drafts,
    decisions,
    distraints,
    distraint_owners,
    objections,
    agreements,
    assessments,
    suspensions,
    write_offs,
    search,
    substitutions,
    trail,
    look_samples,
    erasures,
    debtors,
    rectifications,
    enquiries,
    consultations,
    limitation,
    figures,
    flow,
    trials,
    forecast,
    council,
    notifications,
    workload_routes,
    prevention_routes,
    strategy_routes,
    webhooks,
    executions,
    token,
    payloads,
    metrics,
    health,
)
"""Each has a `router`; in the order of the description."""

PAGES: tuple[ModuleType, ...] = (
    sign_in,
    kept_forms,
    language,
    inbox_page,
    inbox_acts,
    inbox_events,
    search_page,
    tasks_page,
    task_answers,
    task_acts,
    task_asking,
    screens,
    looking,
    substitutions_page,
    notifications_page,
    samples_page,
    trail_page,
    trail_export,
    erasures_page,
    claims_page,
    council_compare,
    council_files,
    council_lines,
    council_page,
    flow_page,
    tomorrow,
    pauses,
    executions_page,
    temporal_door,
    execution,
    stage_steps,
    strategy,
    time_machine,
    workload,
    prevention,
    webhooks_page,
    transfers_page,
    limitation_page,
    limitation_events,
    case,
    case_letters,
    case_money,
    holding,
    objecting,
    adding_debtors,
    correcting,
    recalling,
    withdrawing,
    transferring,
    mending,
    agreements_page,
    agreement_acts,
    agreement_end,
    agreement_reinstate,
    assessment_figures,
    discharging,
    suspending,
    write_off_lines,
    write_offs_page,
    writings_page,
    debtors_page,
    access_page,
    rectifying_page,
    protections_page,
    enquiry_figures,
    new_enquiry,
    enquiries_page,
    consultations_page,
    department_questions,
    distraint_acts,
    distraint_moves,
    distraint_owners_page,
    distraints_page,
    letters_page,
    payments_page,
    files_page,
    reconciliation,
    recovery_page,
    information,
)
