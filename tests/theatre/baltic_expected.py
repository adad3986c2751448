"""What is known of the Baltic theatre: sizes, lengths, courses and positions to compare it with."""

from __future__ import annotations

ISLANDS = {
    # Places on the island; hexes and tolerance, with causeways cut.
    "Saaremaa with Sõrve": (("Kuressaare", "Leisi", "Kihelkonna", "Orissaare", "Salme", "Sääre"), 89, 8),
    "Muhu": (("Kuivastu", "Liiva"), 6, 2),
    "Hiiumaa": (("Kärdla", "Heltermaa", "Emmaste", "Kõrgessaare"), 34, 4),
    "Vormsi": (("Hullo", "Sviby"), 2, 1),
    "Kotlin": (("Kronstadt",), 2, 1),
    "Kihnu": (("Kihnu",), 1, 1),
    "Ruhnu": (("Ruhnu",), 1, 0),
    "Naissaar": (("Naissaar",), 1, 0),
}
RIVER_TOWNS = {
    "Riga": "Daugava", "Daugavpils": "Daugava", "Krustpils": "Daugava", "Pļaviņas": "Daugava", "Polotsk": "Daugava",
    "Vitebsk": "Daugava", "Jelgava": "Lielupe", "Bauska": "Mēmele", "Tartu": "Emajõgi", "Narva": "Narva",
    "Kaunas": "Nemunas", "Tilsit": "Nemunas", "Grodno": "Nemunas", "Jurbarkas": "Nemunas", "Alytus": "Nemunas",
    "Vilnius": "Neris", "Pskov": "Velikaya", "Ostrov": "Velikaya", "Opochka": "Velikaya", "Novgorod": "Volkhov",
    "Königsberg": "Pregel", "Ventspils": "Venta", "Kuldīga": "Venta", "Skrunda": "Venta", "Pärnu": "Pärnu",
    "Insterburg": "Angerapp", "Valmiera": "Gauja", "Sigulda": "Gauja", "Luga": "Luga", "Kingisepp": "Luga",
    "Leningrad": "Neva", "Staraya Russa": "Polist", "Porkhov": "Shelon", "Orsha": "Dnieper", "Kėdainiai": "Nevėžis",
    "Tauragė": "Jūra", "Panevėžys": "Nevėžis", "Velikiye Luki": "Lovat", "Kholm": "Lovat", "Borisov": "Berezina",
}  # fmt: skip
BARRIERS = {
    # River: window (south, west, north, east) and a place on each bank.
    "Daugava": ((55.8, 23.9, 57.3, 26.5), "Jaunjelgava", "Ērgļi"),
    "Nemunas": ((54.3, 23.3, 55.4, 24.1), "Griškabūdis", "Kėdainiai"),
    "Venta": ((56.3, 21.4, 57.6, 22.6), "Aizpute", "Saldus"),
    "Lielupe": ((56.45, 23.2, 57.1, 24.3), "Dobele", "Iecava"),
    "Narva": ((58.9, 27.4, 59.6, 28.6), "Jõhvi", "Kingisepp"),
    "Velikaya": ((57.0, 27.6, 58.0, 28.9), "Palkino", "Karamyshevo"),
}
RAIL_KM = {
    # Lengths by the lines' own kilometres, rounded; from railway handbooks and timetables, to be confirmed.
    ("Riga", "Daugavpils"): 218, ("Riga", "Jelgava"): 43, ("Jelgava", "Šiauliai"): 88, ("Šiauliai", "Tilsit"): 170,
    ("Tilsit", "Königsberg"): 120, ("Tilsit", "Insterburg"): 54, ("Tallinn", "Narva"): 210, ("Tallinn", "Tartu"): 190,
    ("Narva", "Leningrad"): 159, ("Pskov", "Valga"): 140, ("Valga", "Riga"): 168, ("Tartu", "Valga"): 83,
    ("Jelgava", "Liepāja"): 180, ("Riga", "Ventspils"): 176, ("Riga", "Tukums"): 65, ("Kaunas", "Vilnius"): 104,
    ("Vilnius", "Minsk"): 188, ("Daugavpils", "Pskov"): 256, ("Vilnius", "Daugavpils"): 174, ("Pskov", "Leningrad"): 275,
    ("Vitebsk", "Daugavpils"): 260, ("Memel", "Šiauliai"): 162, ("Memel", "Tilsit"): 92, ("Krustpils", "Rēzekne"): 95,
    ("Königsberg", "Insterburg"): 91, ("Insterburg", "Eydtkau"): 62, ("Kaunas", "Eydtkau"): 91, ("Tallinn", "Haapsalu"): 104,
    ("Rēzekne", "Velikiye Luki"): 219, ("Jelgava", "Krustpils"): 138, ("Šiauliai", "Mažeikiai"): 78,
    ("Leningrad", "Bologoye"): 319, ("Dno", "Leningrad"): 245, ("Panevėžys", "Daugavpils"): 165,
    ("Leningrad", "Volkhov"): 122, ("Vitebsk", "Smolensk"): 140, ("Minsk", "Orsha"): 212,
}  # fmt: skip
HEIGHTS = {
    # lat, lon, least and greatest mean height (m).
    "Munamägi": (57.714, 27.059, 180, 330), "Gaiziņkalns": (56.871, 25.959, 200, 320),
    "Jelgava": (56.65, 23.71, 0, 15), "Bauska fields": (56.45, 24.0, 5, 50), "Riga": (56.95, 24.11, 0, 30),
    "bed of the Narva reservoir": (59.30, 28.15, 10, 40),
}  # fmt: skip
MARSHES = {"Soomaa": (58.45, 25.05), "Teiči": (56.60, 26.45), "Emajõe Suursoo": (58.40, 27.12), "Muraka": (59.13, 27.1),
           "Ķemeri": (56.90, 23.45), "Zehlau": (54.54, 20.90), "Polist": (57.15, 30.6), "Sinyavino": (59.85, 31.2),
           "Lubāns": (56.76, 26.75)}  # fmt: skip
DRY = {"Jelgava's fields": (56.5, 23.6), "Courland": (56.8, 22.2), "Paide": (58.9, 25.6), "Raseiniai": (55.4, 23.1)}
DROPPED = {"Narva reservoir": (59.30, 28.15), "its west arm": (59.324, 28.061),
           "its south arm": (59.27, 28.06), "Kaunas reservoir": (54.85, 24.15), "Pļaviņas reservoir": (56.62, 25.35),
           "Riga reservoir": (56.85, 24.35)}  # fmt: skip
COUNTRIES = {"Riga": "Latvian SSR", "Abrene": "Latvian SSR", "Tallinn": "Estonian SSR", "Petseri": "Estonian SSR",
             "Narva": "Estonian SSR", "Kaunas": "Lithuanian SSR", "Vilnius": "Lithuanian SSR", "Memel": "Memelland",
             "Heydekrug": "Memelland", "Tilsit": "East Prussia", "Königsberg": "East Prussia", "Eydtkau": "East Prussia",
             "Suwałki": "Suwalki (annexed 1939)", "Pskov": "Russian SFSR", "Leningrad": "Russian SFSR",
             "Kingisepp": "Russian SFSR", "Vitebsk": "Byelorussian SSR", "Polotsk": "Byelorussian SSR",
             "Viborg": "Karelia, ceded by Finland 1940", "Helsinki": "Finland", "Palanga": "Lithuanian SSR",
             "Tauragė": "Lithuanian SSR", "Daugavpils": "Latvian SSR", "Zarasai": "Lithuanian SSR"}  # fmt: skip

# Finland's south coast has no land way to the rest of the map; the others are islands that no ferry served.
ROADLESS = {"Hanko", "Salo", "Turku", "Mariehamn", "Kihnu", "Ruhnu", "Naissaar", "Kronstadt", "Lavansaari", "Suursaari",
            "Tytärsaari"}  # fmt: skip
LAKES = {"Peipus with Pskov": (58.7, 27.5, 116), "Võrtsjärv": (58.27, 26.03, 7), "Ilmen": (58.27, 31.3, 26)}
