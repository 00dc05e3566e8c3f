"""The people of the demo. All of them are invented; their addresses end in example.com, which delivers nowhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    time_zone: str
    practice: str = ""
    role: str = ""  # what to print beside the sign-in; empty: not printed

    @property
    def email(self) -> str:
        return f"{self.key}@example.com"


CAST = (
    Person(
        "ana", "Ana Morales", "America/Denver", "Northgate Medical Exercise", "participant, changes to answer"
    ),
    Person(
        "ben", "Ben Carter", "America/New_York", "Carter Medical Fitness", "participant, waiting for a review"
    ),
    Person(
        "uma",
        "Uma Reyes",
        "America/Chicago",
        "Lakeline Exercise Practice",
        "participant of the founding cohort",
    ),
    Person("cora", "Cora Bennett", "America/New_York", "", "coach, with a queue"),
    Person("cal", "Cal Whitman", "America/Los_Angeles", "", "coach of the founding cohort"),
    Person("pat", "Pat Lindqvist", "America/New_York", "", "prospect, has answered the self-assessment"),
    Person("wes", "Wes Ibarra", "America/New_York", "Ibarra Strength", "prospect, on a waitlist"),
    Person("sam", "Sam Whitlock", "America/New_York", "", "METI staff, with applications to decide"),
)
# Who else is in Ana's and Ben's cohort.
RUNNING = (
    Person("grace", "Grace Oyelaran", "America/New_York", "Oyelaran Movement Practice"),
    Person("luis", "Luis Fontaine", "America/Chicago", "Fontaine Medical Exercise"),
    Person("mia", "Mia Sorensen", "America/Los_Angeles", "Tidepool Medical Exercise"),
    Person("omar", "Omar Haddad", "Europe/London", "Haddad Exercise Rooms"),
)
FOUNDING = (
    Person("nora", "Nora Castellan", "America/Phoenix", "Castellan Exercise"),
    Person("jude", "Jude Amsel", "America/New_York", "Amsel Medical Exercise"),
)
# Who has paid for a seat in the cohort that is open for enrollment.
NEWCOMER = Person(
    "rosalind", "Rosalind Achebe", "America/New_York", "Achebe Medical Exercise", "participant, to set up"
)
ENROLLED = (
    NEWCOMER,
    *(
        Person(f"enrolled{number}", name, "America/New_York", practice)
        for number, (name, practice) in enumerate(
            (
                ("Peter Vandermeer", "Vandermeer Movement"),
                ("Ines Caldera", "Caldera Exercise Studio"),
                ("Tomas Ruzicka", "Ruzicka Strength and Balance"),
                ("Leah Goldfarb", "Goldfarb Medical Fitness"),
                ("Dev Malhotra", "Malhotra Exercise Practice"),
                ("Fiona Brannigan", "Brannigan Medical Exercise"),
                ("Kofi Asante", "Asante Movement Rooms"),
                ("Marta Lindholm", "Lindholm Exercise"),
            ),
            2,
        )
    ),
)
# Who has a seat in the cohort that is full, and who stands in line for one; Wes stands before the last of them.
SEATED = (
    Person("seated1", "Joan Ferreira", "America/New_York", "Ferreira Medical Exercise"),
    Person("seated2", "Anders Holm", "America/Chicago", "Holm Exercise Practice"),
    Person("seated3", "Priya Nair", "America/New_York", "Nair Movement Practice"),
)
WAITING = (
    Person("elin", "Elin Sandvik", "America/New_York", "Sandvik Exercise"),
    Person("amara", "Amara Nwosu", "America/Chicago", "Nwosu Medical Exercise"),
    Person("hugo", "Hugo Brandt", "America/Denver", "Brandt Exercise Rooms"),
)
APPLICANTS = (
    Person("noor", "Noor Sabry", "America/New_York", "Sabry Medical Exercise"),
    Person("theo", "Theo Lindgren", "America/Denver", "Lindgren Exercise Practice"),
)
# Who had a seat there, and has left.
LEFT = Person("left", "Dana Whitcombe", "America/New_York", "Whitcombe Exercise Room")
# Whose employer has paid.
COLLEAGUE = Person("nia", "Nia Quist", "America/Denver", "Harbor Point Exercise Program")
# Who had a part in the cohort that was cancelled: enrolled, offered a seat, applied; and Sam's colleague.
CALLED_OFF = (
    Person("off1", "Carmen Ibanez", "America/New_York", "Ibanez Medical Exercise"),
    Person("off2", "Stellan Berg", "America/Chicago", "Berg Exercise Practice"),
    Person("off3", "Odette Laurent", "America/Los_Angeles", "Laurent Movement Rooms"),
    Person("off4", "Malik Johnson", "America/New_York", "Johnson Medical Fitness"),
    Person("off5", "Yuki Tanabe", "America/Denver", "Tanabe Exercise"),
)
LENA = Person("lena", "Lena Hartwig", "America/New_York")
# Who began with Ana and Ben, and has moved to the cohort that is open.
MOVED = Person("moved", "Ruth Kessler", "America/Chicago", "Kessler Medical Exercise")
SIGNING_IN = (*CAST, NEWCOMER)
EVERYBODY = (
    *CAST,
    *RUNNING,
    *FOUNDING,
    *ENROLLED,
    *SEATED,
    *WAITING,
    COLLEAGUE,
    LEFT,
    MOVED,
    *APPLICANTS,
    *CALLED_OFF,
    LENA,
)
