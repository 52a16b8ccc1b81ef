"""Neutral words: names, places and small talk. Drawn independently of everything that is hidden."""

from __future__ import annotations

from typing import NamedTuple


def listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


class Country(NamedTuple):
    """A country of a world: code, calling code, currency with its value in A$, zone offset in hours, cities."""

    code: str
    calling: str
    currency: str
    rate: float  # units of the currency for one A$; fixed, illustrative
    offset: int
    cities: tuple[str, ...]


COUNTRIES = (
    Country("US", "+1", "USD", 0.66, -5, ("Denver", "Portland", "Tucson", "Albany")),
    Country("CA", "+1", "CAD", 0.9, -5, ("Halifax", "Regina", "Ottawa")),
    Country("GB", "+44", "GBP", 0.5, 0, ("Leeds", "Bristol", "Cardiff", "Dundee")),
    Country("FR", "+33", "EUR", 0.6, 1, ("Lyon", "Nantes", "Lille")),
    Country("AU", "+61", "AUD", 1.0, 10, ("Perth", "Hobart", "Geelong")),
    Country("DE", "+49", "EUR", 0.6, 1, ("Kiel", "Jena", "Ulm")),
    Country("PH", "", "PHP", 37.0, 8, ("Baguio", "Iloilo", "Davao")),
    Country("BR", "", "BRL", 3.6, -3, ("Recife", "Santos", "Belém")),
    Country("KE", "", "KES", 85.0, 3, ("Nakuru", "Kisumu", "Thika")),
    Country("JP", "", "JPY", 98.0, 9, ("Sendai", "Nagano", "Kobe")),
)
COUNTRY_WEIGHTS = (0.2, 0.06, 0.14, 0.14, 0.12, 0.06, 0.1, 0.07, 0.05, 0.06)

FIRST_NAMES = listed(
    "Ada Alma Amir Ana Anton Asha Ben Bo Carla Chidi Clara Dana Dario Eli Elif Emma Eva Femi Finn Gaby Hana Hugo Ida"
    " Ines Iris Ivan Jae Jan José Juan Kai Kemal Kofi Lara Lea Leo Lin Luis Luz Maja Malik Mara Marco Mei Mia Milan"
    " Nadia Nia Nils Noa Noor Olga Omar Oskar Paz Pia Priya Raul Ravi Rosa Ruth Samir Sara Sofía Tara Theo Tomás Uma"
    " Vera Viktor Wen Yara Yuki Zeynep Zoë"
)
LAST_NAMES = listed(
    "Abel Adeyemi Aguilar Akman Almeida Andersen Bauer Bianchi Blanc Boateng Castro Chen Costa Cruz Dahl Das Diaz"
    " Doyle Dubois Eriksen Farouk Fischer Flores Garcia Gomes Haas Hansen Hill Horvat Ito Ivanov Jensen Kaya Keller"
    " Kimura Kovač Lam Lang Larsen Lee Lopez Marsh Mbeki Meyer Mori Moreau Müller Nasser Novak Nowak Núñez Ochieng"
    " Okafor Olsen Ortega Park Patel Pereira Petrov Quinn Ramos Reyes Roux Sato Schmid Silva Singh Smith Soto Tan"
    " Torres Vega Wagner Walsh Weber Wolf Yilmaz Young Zhang"
)
HANDLE_WORDS = listed(
    "amber apple arrow aspen atlas autumn birch blue brook canyon cedar cinder cloud clover cobalt comet copper coral"
    " cricket daisy delta dune ember falcon fern field finch forest frost garden ginger glacier granite harbor hazel"
    " heron hill indigo island ivory jade juniper kite lake lantern lemon lilac linen lotus lunar lynx maple marble"
    " meadow mint mist moss north oak ocean olive onyx opal orchid otter pebble pepper pine plum pond poplar quartz"
    " raven reed ridge river robin rowan saffron sage sail shore silver sky snow sparrow spruce stone storm summit sun"
    " thistle thunder tide timber topaz tulip valley violet walnut wave willow wind winter wren"
)
COMMON_HANDLES = ("sunnyday", "bluesky", "coffeetime", "starlight", "mrsmith", "goldenhour")
STREETS = ("Mill Road", "Station Street", "Garden Lane", "Church Street", "Park Avenue", "Lake View", "Hill Street")
MAIL_DOMAINS = (
    "mail.example.com",
    "inbox.example.net",
    "post.example.org",
    "webmail.example.com",
    "letters.example.net",
    "example.org",
)
FILE_STEMS = ("IMG", "DSC", "file", "upload", "media", "attachment", "VID", "clip")
FILE_ENDINGS = ("jpg", "jpg", "jpg", "png", "mp4", "mp4", "gif", "webp")

SMALL_TALK = (
    "see you at noon",
    "the bus was late again",
    "good morning",
    "it has been raining all day",
    "did you find your keys",
    "I left the umbrella at the office",
    "the soup was too salty",
    "my phone battery is low",
    "happy birthday to your brother",
    "we painted the kitchen green",
    "the train leaves at seven",
    "I will call you tomorrow",
    "thank you, that helps a lot",
    "the shop closes early today",
    "how was the concert",
    "my sister sends her regards",
    "the cat slept on the printer",
    "we are out of coffee",
    "the meeting moved to Thursday",
    "please water the plants",
    "the library was closed",
    "I am reading a book about bridges",
    "the wind took the laundry",
    "lunch at the usual place?",
    "ok",
    "sure",
    "no problem",
    "haha",
    "maybe later",
    "the new chairs arrived",
    "I forgot the milk",
    "our team lost 2 to 1",
    "the garden needs water",
    "what time is it there",
    "it is cold here, 4 degrees",
    "the lift is broken again",
    "I sent the form on Monday",
    "the parcel came yesterday",
    "hablamos mañana",
    "nos vemos al mediodía",
    "el autobús llegó tarde",
    "à demain midi",
    "il pleut depuis ce matin",
    "le train est parti",
    "bis morgen Mittag",
    "der Bus war zu spät",
    "es regnet seit heute früh",
    "magkita tayo bukas ng tanghali",
    "umuulan dito ngayon",
    "até amanhã ao meio-dia",
    "tutaonana kesho mchana",
    "また明日",
    "yarın öğlen görüşürüz",
    "good night 🙂",
    "two things:\nfirst the keys,\nthen the bread",
    "the list:\n- apples\n- rice\n- soap",
)
BEFORE_MEETING = (
    "are you free at {hour}",
    "see you at {hour}",
    "{hour} is fine for me",
    "I will be a little late, {hour} then",
    "same time as last week, {hour}",
    "can we move it to {hour}",
)
AFTER_PAYING = (
    "the transfer is sent, reference {reference}",
    "reference {reference}, tell me when it is there",
    "sent it this morning: {reference}",
)
THANKS = ("it arrived, thank you", "got it, thanks", "received, see you", "ok, it is there")
GIVE = {
    "email": (
        "write to me at {value}",
        "my new address is {value} please",
        "{value} works best",
        "mail: {value}, thanks",
    ),
    "email-apart": ("write to me at {value}", "it is {value} without the blanks"),
    "phone": ("my number is {value}", "ring me on {value} after six", "new number: {value}", "{value} is the office"),
    "handle": ("I am {value} there", "look for {value}", "add {value} please"),
    "url": ("the map is at {value}", "have a look: {value}", "the timetable is here {value} I think"),
    "btc": ("wallet is {value}", "please use {value} from now on"),
    "eth": ("the other wallet is {value}",),
    "iban": ("the account is {value}", "IBAN {value}"),
    "reference": ("the reference is {value}", "reference {value} for the transfer"),
}
PURPOSES = ("family support", "lessons", "gift", "rent", "groceries", "school fees", "repair", "savings", "")
NOTES = (
    "Recovery address on file: {email}.",
    "Account last changed its settings page; contact {email}.",
    "The account holder gave {phone} as contact.",
    "Earlier user name: {handle}.",
    "Profile page {url} was available at the time of review.",
    "No further information available.",
)
