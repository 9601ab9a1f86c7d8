"""All routes of the JSON API, and all pages: what is not named here cannot be reached."""

from types import ModuleType

from api.pages import (
    agreement_acts,
    agreement_end,
    assessment_figures,
    case,
    case_letters,
    case_money,
    department_questions,
    discharging,
    distraint_acts,
    enquiry_figures,
    holding,
    inbox_acts,
    inbox_events,
    information,
    kept_forms,
    language,
    limitation_events,
    looking,
    new_enquiry,
    objecting,
    recalling,
    reconciliation,
    screens,
    sign_in,
    suspending,
    task_acts,
    task_answers,
    task_asking,
    trail_export,
    transferring,
    withdrawing,
)
from api.pages import agreements as agreements_page
from api.pages import claims as claims_page
from api.pages import consultations as consultations_page
from api.pages import debtors as debtors_page
from api.pages import distraints as distraints_page
from api.pages import enquiries as enquiries_page
from api.pages import files as files_page
from api.pages import inbox as inbox_page
from api.pages import letters as letters_page
from api.pages import limitation as limitation_page
from api.pages import payments as payments_page
from api.pages import recovery as recovery_page
from api.pages import search as search_page
from api.pages import substitutions as substitutions_page
from api.pages import tasks as tasks_page
from api.pages import trail as trail_page
from api.pages import write_offs as write_offs_page
from api.pages import writings as writings_page
from api.routes import (
    agreements,
    assessments,
    cases,
    claims,
    consultations,
    debtors,
    decisions,
    distraints,
    dossiers,
    drafts,
    enquiries,
    figures,
    files,
    health,
    inbox,
    letters,
    limitation,
    objections,
    payments,
    recovery,
    search,
    substitutions,
    suspensions,
    tasks,
    token,
    trail,
    write_offs,
    writings,
)

API: tuple[ModuleType, ...] = (
    claims,
    dossiers,
    cases,
    writings,
    payments,
    recovery,
    files,
    letters,
    inbox,
    tasks,
    drafts,
    decisions,
    distraints,
    objections,
    agreements,
    assessments,
    suspensions,
    write_offs,
    search,
    substitutions,
    trail,
    debtors,
    enquiries,
    consultations,
    limitation,
    figures,
    token,
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
    trail_page,
    trail_export,
    claims_page,
    limitation_page,
    limitation_events,
    case,
    case_letters,
    case_money,
    holding,
    objecting,
    recalling,
    withdrawing,
    transferring,
    agreements_page,
    agreement_acts,
    agreement_end,
    assessment_figures,
    discharging,
    suspending,
    write_offs_page,
    writings_page,
    debtors_page,
    enquiry_figures,
    new_enquiry,
    enquiries_page,
    consultations_page,
    department_questions,
    distraint_acts,
    distraints_page,
    letters_page,
    payments_page,
    files_page,
    reconciliation,
    recovery_page,
    information,
)
