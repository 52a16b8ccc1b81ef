"""Words that stand in names without naming: titles, particles, legal forms; and short forms of given names.

General knowledge, of many languages alike. A word is looked up as `folding.words` gives it. None is tied to a country or a sex:
a short form counts wherever it stands.
"""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


TITLES = _words(
    "mr mrs ms miss mx dr prof sir dame lord lady madam monsieur madame mme herr frau senor senora don dona",
    " sheikh shaikh sheik haji hajji hadji mullah maulana imam sayyid president prasident president minister general",
    " colonel captain major sgt rev father sister brother",
)
PARTICLES = _words(
    "al el ul bin ibn ben bint abu abd van von der den de del della di da dos das do du la le les los san st",
    " y e i und and the of af av zu zur ter ten o mac mc",
)
# Legal forms, by what they amount to. Several words first.
FORMS: tuple[tuple[str, str], ...] = (
    ("open joint stock company", "stock"), ("public joint stock company", "stock"), ("joint stock company", "stock"),
    ("otkrytoe aktsionernoe obshchestvo", "stock"), ("aktsionernoe obshchestvo", "stock"),
    ("limited liability company", "liability"), ("societatea cu raspundere limitata", "liability"),
    ("obshchestvo s ogranichennoy otvetstvennostyu", "liability"), ("sp z oo", "liability"),
    ("aktiengesellschaft", "stock"), ("ag", "stock"), ("jsc", "stock"), ("ojsc", "stock"), ("oao", "stock"),
    ("pao", "stock"), ("ao", "stock"), ("sa", "stock"), ("plc", "stock"), ("spa", "stock"), ("nv", "stock"),
    ("llc", "liability"), ("ooo", "liability"), ("srl", "liability"), ("gmbh", "gmbh"), ("sarl", "liability"),
    ("ltd", "limited"), ("limited", "limited"), ("pty", "limited"), ("ano", "body"),
    ("company", "company"), ("co", "company"), ("corporation", "company"), ("corp", "company"), ("inc", "company"),
    ("incorporated", "company"),
)  # fmt: skip
# Words that many bodies share; they say little.
GENERIC = _words(
    "bank group holding holdings trust fund foundation management business industries industry systems international",
    " services trading enterprises government academy institute organization organisation center centre general aviation",
    " capital europe offshore construction mv",
)
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDERED = ("first", "second", "third", "fourth", "fifth", "sixth")
NUMBERS = {word: str(at) for at, word in enumerate(_COUNTED)} | {word: str(at) for at, word in enumerate(_ORDERED, 1)}
SHORT_FOR: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in """
        alexander alex sasha sascha sandro sander aleksandr alejandro alessandro iskander alec alek xander olek
        alexandra alex sandra sasha alessandra aleksandra
        anthony tony antonio anton toni antoine
        andrew andy andreas andrei drew andrzej andre
        benjamin ben benny bibi benji
        robert bob rob bobby robbie bert roberto
        william bill will billy willy liam guillermo wilhelm guillaume
        richard rick dick rich ricky ricardo
        theodore ted teddy theo teodoro fyodor
        edward ed eddie ted ned eduardo
        james jim jimmy jamie jaime diego
        john jack johnny jon juan johann johannes jan ivan giovanni jean ian sean hans joao
        joseph joe joey jose josef giuseppe yusuf yosef pepe
        jonathan jon jonny nathan
        charles charlie chuck carlos karl carl carlo
        michael mike mick mickey miguel mikhail misha michel michal mikael
        matthew matt matthias mateo matteo
        nicholas nick nicky nicolas nikolai kolya klaus niklas
        peter pete pedro pyotr piotr pierre pietro
        paul pablo pavel paolo pauli
        philip phil felipe filip
        steven steve stefan stephen esteban stephan
        thomas tom tommy tomas
        timothy tim timmy
        daniel dan danny
        david dave davey
        gregory greg gregor grigori grisha
        gerald gerry jerry gerard
        george georgie jorge georg giorgio yuri jerzy
        henry harry hank heinrich henrik enrique
        frederick fred freddy friedrich federico fritz
        francis frank francisco franz paco pancho francesco francois
        lawrence larry lorenzo laurence
        leonard leo len leon lenny
        samuel sam sammy
        ronald ron ronnie
        raymond ray ramon
        vincent vince vicente
        victor vic viktor vitya
        vladimir vova volodya volodymyr wladimir
        dmitri dima dmitry mitya
        sergei serge sergio serhiy seryozha
        eugene gene evgeny yevgeny zhenya
        konstantin kostya constantine
        muhammad mohammed mohamed mehmet mohd mo muhammed mohammad
        ahmad ahmed achmed ahmet
        abdullah abdallah abdulla
        ali aly
        yusuf youssef yousef yosef
        ibrahim abraham abe ebrahim
        elizabeth liz beth betty lisa eliza liza elisabeth lizzie isabel elsa bessie
        katherine kate kathy katie cathy catherine katarina ekaterina katya kitty karen
        margaret maggie meg peggy margarita rita greta marge
        mary maria marie molly polly masha mariam miriam
        susan sue susie suzanne susanna
        jennifer jen jenny
        jessica jess jessie
        patricia pat patty tricia
        patrick pat paddy patricio
        christopher chris kit cristobal christoph
        christine chris tina christina kristina
        barbara barb babs
        deborah deb debbie
        dorothy dot dotty dorothea
        helen ellen nell elena helena yelena
        anna ann anne annie hannah ana anya
        natalia natasha natalie
        tatiana tanya
        olga olya
        svetlana sveta
        theresa terry teresa tess therese
        teresita tessie
        rebecca becky becca
        victoria vicky tori viktoria
        veronica ronnie vera
        virginia ginny
        josephine jo josie josefina
        guadalupe lupe
        dolores lola
        concepcion concha
        rosario charo
        emmanuel manny manuel manolo
        fernando nando
        rodrigo rod
        gabriel gabe
        nathaniel nate nathan
        zachary zach zack
        joshua josh
        jacob jake jacobo jakob
        barack barry
        donald don donny
        douglas doug
        kenneth ken kenny
        walter walt
        arthur art artie arturo
        albert al bert alberto
        alfred al fred alfredo
        stanislav stas stanley stan
        vyacheslav slava
        yaroslav slava
        ludmila lyuda
        galina galya
        """.strip().splitlines()
)  # fmt: skip
_BY_NAME: dict[str, set[int]] = {}
for _number, _group in enumerate(SHORT_FOR):
    for _name in _group:
        _BY_NAME.setdefault(_name, set()).add(_number)


def short_forms(word: str) -> frozenset[str]:
    """Marks of the groups of short forms that the word stands in."""
    return frozenset(f"#{number}" for number in _BY_NAME.get(word, ()))


def one_name(a: str, b: str) -> bool:
    """Whether two given names are known forms of one."""
    return bool(_BY_NAME.get(a, set()) & _BY_NAME.get(b, set()))
