"""Deliveries of Betalingsservice, written out column by column and not by the code they test."""

SUPPLIER, PBS, GROUP = "00000001", "00000002", "00001"
CUSTOMER, MANDATE = "000000000000042", "000000007"


def start(delivery_type="0602", delivery_id="0000000031", made_on="020326"):
    return f"BS002{SUPPLIER}BS1{delivery_type}{delivery_id}{'':19}{made_on}{'':73}"


def section_start(section="0211", pbs=PBS):
    return f"BS012{pbs}{section}000{GROUP}{'KOMMUNEN':15}{'':9}020326{'':73}"


def payment(
    transaction="0236", *, amount=125_00, sign="1", reference="RET-1", due_on="010326",
    paid_on="020326", paid=None, customer=CUSTOMER, pbs=PBS,
):  # fmt: skip
    paid = amount if paid is None else paid
    return (
        f"BS042{pbs}{transaction}000{GROUP}{customer:15}{MANDATE}{due_on}{sign}{amount:013}"
        f"{reference:30}{'':4}{paid_on}030326{paid:013}"
    )


def slip(transaction="0297", amount=80_00):
    return (
        f"BS042{PBS}{transaction}000{GROUP}0000{CUSTOMER}71000000010326{'1'}{amount:013}"
        f"{'RET-2':9}{'ARKIV-1':22}020326030326{amount:013}"
    )


def mandate(transaction="0231", begins="010326", ends="000000"):
    return f"BS042{PBS}{transaction}000{GROUP}{CUSTOMER}{MANDATE}{begins}{ends}{'':67}"


def address():
    return f"BS022{PBS}0240{'Karla Prøvesen':111}"


def section_end(section="0211", count=1, net=125_00, texts=0, addresses=0, pbs=PBS):
    return (
        f"BS092{pbs}{section}000{GROUP}{'':6}{count:011}{net:015}{texts:011}{'':15}"
        f"{addresses:011}{'':34}"
    )


def end(
    delivery_type="0602", sections=1, count=1, net=125_00, texts=0, addresses=0, supplier=SUPPLIER
):
    return (
        f"BS992{supplier}BS1{delivery_type}{sections:011}{count:011}{net:015}{texts:011}"
        f"{'':0>15}{addresses:011}{'':0>34}"
    )


def a_delivery():
    """One completed payment of 125 kroner."""
    return [start(), section_start(), payment(), section_end(), end()]


def as_file(lines, line_end="\r\n"):
    return "".join(f"{line}{line_end}" for line in lines).encode("latin1")
