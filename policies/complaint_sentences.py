"""What is said of a policy that is wrong, in Danish and in English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "syntax": (
        "Filen kan ikke læses som TOML: {detail}.",
        "The file cannot be read as TOML: {detail}.",
    ),
    "encoding": (
        "Filen er ikke gemt som UTF-8.",
        "The file is not saved as UTF-8.",
    ),
    "unknown-key": (
        "Nøglen »{key}« kendes ikke. Den kan fjernes eller rettes til en af: {known}.",
        "The key “{key}” is unknown. Remove it, or use one of: {known}.",
    ),
    "missing-key": ("Nøglen »{key}« mangler.", "The key “{key}” is missing."),
    "wrong-kind": ("Her skal stå {expected_da}.", "This must be {expected}."),
    "negative": ("Tallet må ikke være negativt.", "The number must not be negative."),
    "source-missing": (
        "Enhver bestemmelse skal sige, hvor den kommer fra: »{key}« mangler eller er tom.",
        "Every decision must say where it comes from: “{key}” is missing or empty.",
    ),
    "empty-series": (
        "Der skal være mindst én bestemmelse.",
        "There must be at least one decision.",
    ),
    "since-twice": (
        "Der er to bestemmelser med virkning fra {since}.",
        "Two decisions take effect on {since}.",
    ),
    "since-order": (
        "Bestemmelsen fra {since} står efter den fra {previous}; den ældste skal stå først.",
        "The decision of {since} stands after that of {previous}; the oldest must come first.",
    ),
    "fee-without-basis": (
        "Et krav uden hjemmel til gebyr (regime »none«) kan ikke have en gebyrregel.",
        "A claim with no legal basis for fees (regime “none”) cannot have a fee rule.",
    ),
    "interest-without-basis": (
        "Et krav uden hjemmel til rente (regime »none«) kan ikke have en renteregel.",
        "A claim with no legal basis for interest (regime “none”) cannot have an interest rule.",
    ),
    "fee-above-maximum": (
        "Gebyret {amount} er over {maximum}, som er lovens højeste.",
        "The fee {amount} is above {maximum}, which is the legal maximum.",
    ),
    "maximum-not-the-laws": (
        "Lovens højeste gebyr er {maximum} og ikke {stated}, som der står.",
        "The legal maximum is {maximum} and not {stated} as stated.",
    ),
    "too-many-fees": (
        "Loven tillader højst {maximum} gebyrer for samme krav.",
        "The law allows at most {maximum} fees for the same claim.",
    ),
    "fees-too-close": (
        "Der skal være mindst {days} dage mellem rykkere med gebyr.",
        "Reminders with a fee must be at least {days} days apart.",
    ),
    "no-legal-limit": (
        "Der er ingen lovgrænse for {regime} i kraft {since}.",
        "No legal limit for {regime} is in force on {since}.",
    ),
    "interest-of-another-act": (
        "Renten skal følge regimet {regime}: {expected}.",
        "The interest must follow the regime {regime}: {expected}.",
    ),
    "interest-above-maximum": (
        "Renten {percent} % er over lovens højeste, {maximum} %.",
        "The interest {percent} % is above the legal maximum, {maximum} %.",
    ),
    "priority-without-distraint": (
        "Et krav med fortrinsret har altid udpantningsret.",
        "A claim with a priority right always has a distraint right.",
    ),
    "fee-act-without-distraint": (
        "Gebyrloven gælder kun krav med udpantningsret.",
        "The fee act applies only to claims with a distraint right.",
    ),
    "civil-with-distraint": (
        "Et civilretligt krav har ikke udpantningsret.",
        "A claim under private law has no distraint right.",
    ),
    "interest-act-not-civil": (
        "Renteloven gælder civilretlige krav; dette er offentligretligt.",
        "The interest act applies to claims under private law; this one is public.",
    ),
    "steps-begin-with-demand": (
        "Det første brev skal være opkrævningen (demand).",
        "The first letter must be the demand.",
    ),
    "letter-twice": ("Brevet {letter} står to gange.", "The letter {letter} stands twice."),
    "letter-not-a-step": (
        "Brevet {letter} hører ikke til før dialogen.",
        "The letter {letter} does not belong before the dialogue.",
    ),
    "no-days": (
        "Et brev skal give mindst én dag.",
        "A letter must give at least one day.",
    ),
    "fee-on-letter": (
        "Der kan kun tages gebyr for en rykker, ikke for {letter}.",
        "A fee can be charged only for a reminder, not for {letter}.",
    ),
    "fee-without-rule": (
        "Brevet har gebyr, men der er ingen gebyrregel i kraft {since}.",
        "The letter has a fee, but no fee rule is in force on {since}.",
    ),
    "notice-twice": (
        "Underretningen om overdragelse står i flere breve; den skal gives én gang.",
        "The transfer notice is carried by several letters; it must be given once.",
    ),
    "agreement-months": (
        "En aftale skal kunne vare mindst én måned.",
        "An agreement must be allowed to last at least one month.",
    ),
    "agreement-low-income": (
        "Skyldnere med lav indkomst kan ikke få kortere tid end andre.",
        "Debtors with a low income cannot have less time than others.",
    ),
    "agreement-not-offered": (
        "Der er vilkår for en aftale, som ikke tilbydes.",
        "There are terms for an agreement that is not offered.",
    ),
    "limitation-years": (
        "Forældelsesfristen skal være mindst ét år.",
        "The limitation period must be at least one year.",
    ),
    "route-never-fits": (
        "Reglen bruges aldrig: den før gælder altid.",
        "The rule is never used: the one before always fits.",
    ),
    "route-open-end": (
        "Den sidste regel skal gælde alle perioder og dage.",
        "The last rule must fit every period and day.",
    ),
    "route-period-reversed": (
        "Perioden slutter, før den begynder.",
        "The period ends before it begins.",
    ),
    "route-without-distraint": (
        "Kommunen kan kun selv inddrive krav med udpantningsret.",
        "The municipality can enforce only claims with a distraint right itself.",
    ),
    "coverage-kinds": (
        "Rækkefølgen skal nævne hver af {kinds} netop én gang.",
        "The order must name each of {kinds} exactly once.",
    ),
    "rate-day": (
        "Referencesatsen fastsættes pr. 1. januar og 1. juli.",
        "The reference rate is fixed per 1 January and 1 July.",
    ),
    "rate-gap": (
        "Der mangler en referencesats mellem {previous} og {since}.",
        "A reference rate between {previous} and {since} is missing.",
    ),
    "not-positive": ("Tallet skal være større end nul.", "The number must be above zero."),
    "bailiff-hours": (
        "Forretninger skal slutte efter, at de begynder, og inden for døgnet.",
        "Hearings must end after they begin, and within the day.",
    ),
    "post-hours": (
        "Postrummet skal lukke efter, at det åbner, og inden for døgnet.",
        "The post room must close after it opens, and within the day.",
    ),
    "letter-not-merged": (
        "Brevet {letter} kan ikke sendes sammen med andre.",
        "The letter {letter} cannot leave as one with others.",
    ),
    "enquiry-channels": (
        "Der skal være netop ét mål for hver af {channels}.",
        "There must be exactly one goal for each of {channels}.",
    ),
    "write-off-bands": (
        "Grænserne skal stige, og hver skal kræve mere end den før.",
        "The limits must rise, and each must ask for more than the one before.",
    ),
    "write-off-small-not-allowed": (
        "Bagatelbeløb kan kun afskrives, når grunden small-amount er tilladt.",
        "Small amounts can be written off only where the reason small-amount is allowed.",
    ),
    "filing-not-counted": (
        "Fristen for {reason} skal regnes fra en dag, der spørges om (counted_from).",
        "The deadline of {reason} must be counted from a day that is asked for (counted_from).",
    ),
    "reason-twice": ("Grunden {reason} står to gange.", "The reason {reason} stands twice."),
    "creditor-number": (
        "Kreditornummeret har 8 cifre.",
        "The creditor number has 8 digits.",
    ),
    "alarm-months": (
        "Alarmerne skal stå i hele måneder, mindst én, flest måneder først.",
        "The alarms must be whole months, at least one, the most months first.",
    ),
    "radar-days": (
        "Radarens bånd skal stå som dage før forældelse, det bredeste først.",
        "The bands of the radar must be days before limitation, the widest first.",
    ),
    "recovery-code-unknown": (
        "Fordringstypen {code} kendes ikke i indgangsfilteret.",
        "The type {code} is not known in the entry filter.",
    ),
    "filter-rule-unknown": (
        "Reglen {id} kendes ikke. De kendte er: {known}.",
        "The rule {id} is unknown. Those known are: {known}.",
    ),
    "filter-overlap": (
        "Reglen {id} gælder to gange på samme dag.",
        "The rule {id} is in force twice on the same day.",
    ),
    "filter-reversed": (
        "Reglen {id} slutter, før den begynder.",
        "The rule {id} ends before it begins.",
    ),
    "filter-data-missing": (
        "Reglen {id} skal have »{name}«.",
        "The rule {id} must have “{name}”.",
    ),
    "filter-data-unused": (
        "Reglen {id} bruger ikke »{name}«.",
        "The rule {id} does not use “{name}”.",
    ),
    "filter-within": (
        "Reglen {id} kan gælde en måned (month) eller et år (year).",
        "The rule {id} can be about a month or a year.",
    ),
    "income-rows": (
        "Tabellens rækker skal begynde ved 0 kr. og stå med den laveste indkomst først.",
        "The rows of the table must begin at 0 kr. and stand with the lowest income first.",
    ),
    "pull-twice": (
        "Oplysningen {fact} trækker to gange mod {toward}.",
        "The fact {fact} pulls twice toward {toward}.",
    ),
}
