//! The demo model's phrases. `voices` fills in `{word}`, `{quote}` and `{name}`.

/// One language's phrases. Each list is cycled through turn by turn.
pub(super) struct Phrases {
    /// The partner opens the conversation: the participant has not spoken yet.
    pub(super) opening: &'static str,
    pub(super) partner: [&'static str; 6],
    /// Precedes the coach's first comment.
    pub(super) coach_first: &'static str,
    /// Precedes each later comment.
    pub(super) coach_again: &'static str,
    pub(super) named: [&'static str; 4],
    pub(super) next_move: [&'static str; 5],
    pub(super) aside: [&'static str; 3],
    pub(super) simulated: [&'static str; 6],
    /// Answers every other request.
    pub(super) other: &'static str,
}

/// Returns the phrases for a BCP 47 language, English for unsupported ones.
pub(super) fn of(language: &str) -> &'static Phrases {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        _ => &ENGLISH,
    }
}

static ENGLISH: Phrases = Phrases {
    opening: "{name} here (demo model). You wanted to talk?",
    partner: [
        "Hi, {name} here (demo model, canned replies). You mentioned “{word}”. What exactly are you asking me for?",
        "“{word}”? I hear you, but I'm not sure I agree.",
        "To be honest, I didn't expect “{word}” to come up today.",
        "Okay. And what happens with “{word}” if I say no?",
        "You keep coming back to “{word}”. It really matters to you, doesn't it?",
        "Fine. Give me one good reason for “{word}”, and I'll think about it.",
    ],
    coach_first: "This is the demo model: its feedback is canned, not a real assessment. ",
    coach_again: "(Demo) ",
    named: [
        "You said: “{quote}”. That makes it clear what you want.",
        "With “{quote}” you gave your side. Now make room for theirs.",
        "“{quote}” is a clear statement. Notice how it lands.",
        "In “{quote}”, there's something you want them to hear.",
    ],
    next_move: [
        "Next move: ask one open question about what worries the other person.",
        "Next move: say what you need in one sentence that starts with “I”.",
        "Next move: repeat back what you heard before you respond.",
        "Next move: offer something small and concrete, with a day and a time.",
        "Next move: pause, and let the other person speak first.",
    ],
    aside: [
        "(Demo) You asked: “{quote}”. A real coach would think it through with you. For now, try saying your next line out loud.",
        "(Demo) About “{quote}”: stick to one point, and say it kindly.",
        "(Demo) “{quote}” is a good question. Ask the other person, in your own words.",
    ],
    simulated: [
        "I wanted to talk to you about something that matters to me.",
        "It's been on my mind for a while, and I'd like us to find a solution.",
        "I understand this isn't easy for you. What worries you most about it?",
        "Could we try it once and then decide together?",
        "What would need to change for you to say yes?",
        "That helps. Thank you for being so direct.",
    ],
    other: "(Demo) A real model would answer here.",
};

static GERMAN: Phrases = Phrases {
    opening: "{name} hier (Demo-Modell). Sie wollten mich sprechen?",
    partner: [
        "{name} hier (Demo-Modell mit vorgefertigten Antworten). Sie sprechen von „{word}“. Was genau möchten Sie von mir?",
        "„{word}“? Ich habe Sie verstanden, aber einverstanden bin ich noch nicht.",
        "Ehrlich gesagt habe ich heute nicht mit „{word}“ gerechnet.",
        "Gut. Und was wird aus „{word}“, wenn ich Nein sage?",
        "Sie kommen immer wieder auf „{word}“ zurück. Das ist Ihnen wichtig, oder?",
        "Na gut. Nennen Sie mir einen guten Grund für „{word}“, dann denke ich darüber nach.",
    ],
    coach_first: "Das ist das Demo-Modell: Dieses Feedback ist vorgefertigt und keine echte Einschätzung. ",
    coach_again: "(Demo) ",
    named: [
        "Sie haben gesagt: „{quote}“. Damit ist klar, was Sie möchten.",
        "Mit „{quote}“ haben Sie Ihre Sicht geschildert. Jetzt fehlt noch die andere Seite.",
        "„{quote}“ ist eine klare Aussage. Achten Sie darauf, wie sie ankommt.",
        "In „{quote}“ steckt etwas, womit Sie gehört werden möchten.",
    ],
    next_move: [
        "Nächster Schritt: Fragen Sie offen nach, was Ihrem Gegenüber Sorgen macht.",
        "Nächster Schritt: Sagen Sie in einem Satz, der mit „Ich“ beginnt, was Sie brauchen.",
        "Nächster Schritt: Fassen Sie zusammen, was Sie gehört haben, bevor Sie antworten.",
        "Nächster Schritt: Schlagen Sie etwas Kleines und Konkretes vor, mit Tag und Uhrzeit.",
        "Nächster Schritt: Machen Sie eine Pause, und lassen Sie Ihr Gegenüber zuerst sprechen.",
    ],
    aside: [
        "(Demo) Sie fragen: „{quote}“. Ein echter Coach würde mit Ihnen darüber nachdenken. Sprechen Sie Ihren nächsten Satz erst einmal laut aus.",
        "(Demo) Zu „{quote}“: Bleiben Sie bei einem Punkt, und sagen Sie ihn freundlich.",
        "(Demo) „{quote}“ ist eine gute Frage. Stellen Sie sie Ihrem Gegenüber, in Ihren eigenen Worten.",
    ],
    simulated: [
        "Ich möchte mit Ihnen über etwas sprechen, das mir wichtig ist.",
        "Es beschäftigt mich schon länger, und ich würde gern eine Lösung mit Ihnen finden.",
        "Ich verstehe, dass das nicht leicht für Sie ist. Was macht Ihnen dabei am meisten Sorgen?",
        "Könnten wir es einmal ausprobieren und danach sehen, wie es gelaufen ist?",
        "Was müsste sich ändern, damit Sie Ja sagen?",
        "Das hilft mir. Danke, dass Sie so offen sind.",
    ],
    other: "(Demo) Hier würde ein echtes Modell antworten.",
};

static FRENCH: Phrases = Phrases {
    opening: "Bonjour, ici {name} (modèle de démonstration). Vous vouliez me parler ?",
    partner: [
        "Bonjour, ici {name} (modèle de démonstration, réponses toutes faites). Vous parlez de « {word} ». Qu'attendez-vous de moi, au juste ?",
        "« {word} » ? Je vous entends, mais je ne suis pas encore d'accord.",
        "Franchement, je ne m'attendais pas à « {word} » aujourd'hui.",
        "Bon. Et que devient « {word} » si je dis non ?",
        "Vous revenez toujours à « {word} ». C'est important pour vous, n'est-ce pas ?",
        "Soit. Donnez-moi une bonne raison pour « {word} », et j'y réfléchirai.",
    ],
    coach_first: "Ceci est le modèle de démonstration : ces remarques sont toutes faites, personne ne vous évalue. ",
    coach_again: "(Démo) ",
    named: [
        "Vous avez dit : « {quote} ». On comprend ce que vous souhaitez.",
        "Avec « {quote} », vous avez donné votre point de vue. Reste à entendre l'autre.",
        "« {quote} » est une phrase claire. Observez l'effet qu'elle produit.",
        "Dans « {quote} », il y a quelque chose que vous voulez faire entendre.",
    ],
    next_move: [
        "Prochaine étape : posez une question ouverte sur ce qui inquiète l'autre personne.",
        "Prochaine étape : dites ce dont vous avez besoin en une phrase qui commence par « je ».",
        "Prochaine étape : reformulez ce que vous avez entendu avant de répondre.",
        "Prochaine étape : proposez quelque chose de petit et de concret, avec un jour et une heure.",
        "Prochaine étape : marquez une pause et laissez l'autre parler en premier.",
    ],
    aside: [
        "(Démo) Vous demandez : « {quote} ». Un vrai coach y réfléchirait avec vous. En attendant, dites votre prochaine phrase à voix haute.",
        "(Démo) À propos de « {quote} » : tenez-vous-en à un seul point, et dites-le avec bienveillance.",
        "(Démo) « {quote} » est une bonne question. Posez-la à l'autre personne, avec vos propres mots.",
    ],
    simulated: [
        "Je voudrais vous parler de quelque chose qui compte pour moi.",
        "J'y pense depuis un moment, et j'aimerais que nous trouvions une solution ensemble.",
        "Je comprends que ce n'est pas facile pour vous. Qu'est-ce qui vous inquiète le plus ?",
        "Pourrions-nous essayer une fois, puis voir ce que ça donne ?",
        "Que faudrait-il changer pour que vous disiez oui ?",
        "Cela m'aide. Merci de votre franchise.",
    ],
    other: "(Démo) Un vrai modèle répondrait ici.",
};
