//! The demo model's words: `{word}`, `{quote}` and `{name}` are filled in by `voices`.

/// One language's phrases. Each list is gone through from turn to turn.
pub(super) struct Phrases {
    /// The partner opens the talk: nothing was said yet.
    pub(super) opening: &'static str,
    pub(super) partner: [&'static str; 6],
    /// Before the coach's first comment.
    pub(super) coach_first: &'static str,
    /// Before each further one.
    pub(super) coach_again: &'static str,
    pub(super) named: [&'static str; 4],
    pub(super) next_move: [&'static str; 5],
    pub(super) aside: [&'static str; 3],
    pub(super) simulated: [&'static str; 6],
    /// For everything else that is asked.
    pub(super) other: &'static str,
}

/// The phrases for a BCP 47 language; English for those that the demo does not speak.
pub(super) fn of(language: &str) -> &'static Phrases {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        _ => &ENGLISH,
    }
}

static ENGLISH: Phrases = Phrases {
    opening: "{name} here, played by a demo. You wanted to talk to me?",
    partner: [
        "{name} here, in a demo version. You say “{word}”. What exactly do you want from me?",
        "“{word}”? I hear you. I am not sure that I agree, though.",
        "Let me be honest: “{word}” is not what I expected from you today.",
        "All right. And what happens with “{word}” if I say no?",
        "You keep coming back to something. “{word}” matters to you, doesn't it?",
        "Fine. Give me one good reason about “{word}”, and I will think about it.",
    ],
    coach_first: "This is the demo model: nobody is really judging, these are prepared sentences. ",
    coach_again: "(Demo) ",
    named: [
        "You said: “{quote}”. That puts your wish on the table.",
        "With “{quote}” you named your side. The other side is still missing.",
        "“{quote}” is a clear sentence. Notice how it lands.",
        "In “{quote}” there is something that you want to be heard.",
    ],
    next_move: [
        "Next move: ask one open question about what worries the other person.",
        "Next move: say in one sentence what you need, beginning with “I”.",
        "Next move: repeat back what you heard before you answer it.",
        "Next move: offer something small and concrete, with a day and a time.",
        "Next move: leave a pause, and let the other person go first.",
    ],
    aside: [
        "(Demo) You ask: “{quote}”. A real coach would think about it; try your next line aloud once.",
        "(Demo) On “{quote}”: stay with one point, and say it kindly.",
        "(Demo) “{quote}” is a good question. Ask it of the other person, in your own words.",
    ],
    simulated: [
        "I wanted to talk with you about something that matters to me.",
        "It has been on my mind for a while, and I would like us to find a way.",
        "I understand that this is not easy for you. What worries you most about it?",
        "Could we try it once, and then look at it together?",
        "What would have to be different for you to say yes?",
        "That helps me. Thank you for saying it so plainly.",
    ],
    other: "(Demo) Here a real model would answer.",
};

static GERMAN: Phrases = Phrases {
    opening: "{name} hier, gespielt von einer Demo. Sie wollten mich sprechen?",
    partner: [
        "{name} hier, in einer Demo-Fassung. Sie sagen „{word}“. Was genau wollen Sie von mir?",
        "„{word}“? Das habe ich gehört. Einverstanden bin ich damit noch nicht.",
        "Ehrlich gesagt: Mit „{word}“ habe ich heute nicht gerechnet.",
        "Gut. Und was wird aus „{word}“, wenn ich nein sage?",
        "Sie kommen immer wieder darauf zurück. „{word}“ ist Ihnen wichtig, oder?",
        "Na schön. Nennen Sie mir einen guten Grund für „{word}“, dann denke ich darüber nach.",
    ],
    coach_first: "Das ist das Demo-Modell: Hier urteilt niemand, die Sätze sind vorbereitet. ",
    coach_again: "(Demo) ",
    named: [
        "Sie haben gesagt: „{quote}“. Damit liegt Ihr Wunsch auf dem Tisch.",
        "Mit „{quote}“ haben Sie Ihre Seite benannt. Die andere fehlt noch.",
        "„{quote}“ ist ein klarer Satz. Achten Sie darauf, wie er ankommt.",
        "In „{quote}“ steckt etwas, das gehört werden möchte.",
    ],
    next_move: [
        "Nächster Schritt: Stellen Sie eine offene Frage nach den Sorgen Ihres Gegenübers.",
        "Nächster Schritt: Sagen Sie in einem Satz, was Sie brauchen, und beginnen Sie mit „Ich“.",
        "Nächster Schritt: Geben Sie wieder, was Sie gehört haben, bevor Sie antworten.",
        "Nächster Schritt: Bieten Sie etwas Kleines und Konkretes an, mit Tag und Uhrzeit.",
        "Nächster Schritt: Lassen Sie eine Pause und Ihrem Gegenüber den Vortritt.",
    ],
    aside: [
        "(Demo) Sie fragen: „{quote}“. Ein echter Coach würde nachdenken; sagen Sie Ihren nächsten Satz einmal laut.",
        "(Demo) Zu „{quote}“: Bleiben Sie bei einem Punkt, und sagen Sie ihn freundlich.",
        "(Demo) „{quote}“ ist eine gute Frage. Stellen Sie sie Ihrem Gegenüber, in eigenen Worten.",
    ],
    simulated: [
        "Ich möchte mit Ihnen über etwas sprechen, das mir wichtig ist.",
        "Es beschäftigt mich schon länger, und ich möchte, dass wir einen Weg finden.",
        "Ich verstehe, dass das für Sie nicht leicht ist. Was macht Ihnen daran am meisten Sorgen?",
        "Könnten wir es einmal versuchen und dann gemeinsam darauf schauen?",
        "Was müsste anders sein, damit Sie ja sagen?",
        "Das hilft mir. Danke, dass Sie das so offen sagen.",
    ],
    other: "(Demo) Hier würde ein echtes Modell antworten.",
};

static FRENCH: Phrases = Phrases {
    opening: "Ici {name}, dans une version de démonstration. Vous vouliez me parler ?",
    partner: [
        "Ici {name}, en version de démonstration. Vous dites « {word} ». Qu'attendez-vous de moi ?",
        "« {word} » ? Je vous entends. Mais je ne suis pas encore d'accord.",
        "Pour être franc, je ne m'attendais pas à « {word} » aujourd'hui.",
        "Bien. Et que devient « {word} » si je dis non ?",
        "Vous y revenez toujours. « {word} » compte pour vous, n'est-ce pas ?",
        "Soit. Donnez-moi une bonne raison pour « {word} », et j'y réfléchirai.",
    ],
    coach_first: "Ceci est le modèle de démonstration : personne ne juge, les phrases sont préparées. ",
    coach_again: "(Démo) ",
    named: [
        "Vous avez dit : « {quote} ». Votre souhait est posé.",
        "Avec « {quote} », vous avez nommé votre côté. L'autre manque encore.",
        "« {quote} » est une phrase claire. Observez l'effet qu'elle produit.",
        "Dans « {quote} », quelque chose demande à être entendu.",
    ],
    next_move: [
        "Prochain pas : posez une question ouverte sur ce qui inquiète l'autre personne.",
        "Prochain pas : dites en une phrase ce dont vous avez besoin, en commençant par « je ».",
        "Prochain pas : reformulez ce que vous avez entendu avant d'y répondre.",
        "Prochain pas : proposez une petite chose concrète, avec un jour et une heure.",
        "Prochain pas : laissez un silence, et laissez l'autre commencer.",
    ],
    aside: [
        "(Démo) Vous demandez : « {quote} ». Un vrai coach réfléchirait ; dites une fois votre prochaine phrase à voix haute.",
        "(Démo) Sur « {quote} » : restez sur un seul point, et dites-le avec bienveillance.",
        "(Démo) « {quote} » est une bonne question. Posez-la à l'autre, avec vos mots.",
    ],
    simulated: [
        "Je voudrais vous parler de quelque chose d'important pour moi.",
        "J'y pense depuis un moment, et j'aimerais que nous trouvions une solution.",
        "Je comprends que ce n'est pas facile pour vous. Qu'est-ce qui vous inquiète le plus ?",
        "Pourrions-nous essayer une fois, puis en parler ensemble ?",
        "Que faudrait-il changer pour que vous disiez oui ?",
        "Cela m'aide. Merci de le dire si clairement.",
    ],
    other: "(Démo) Ici répondrait un vrai modèle.",
};
