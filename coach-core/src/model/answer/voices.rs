//! Whose name stands before a line: a model that writes for both sides labels them.

use crate::model::Lane;

/// The names that a voice's lines may begin with, in small letters.
#[derive(Clone, Debug)]
pub(crate) struct Voices {
    own: Vec<String>,
    others: Vec<String>,
}

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// No name.
    None,
    /// More text is needed to tell.
    More,
    /// The voice's own name.
    Own {
        /// The bytes up to and including the colon.
        length: usize,
        /// Marks of emphasis before the name; as many may follow the colon.
        stars: usize,
    },
    /// The name of another voice.
    Foreign,
}

/// What a participant's lines are called by models.
const PARTICIPANT: [&str; 3] = ["participant", "user", "human"];

/// What a partner's are.
const PARTNER: [&str; 2] = ["partner", "assistant"];

/// Control words that are watched for by the provider as well, most frequent first.
const ENDS: [&str; 2] = ["<|im_end|>", "<|eot_id|>"];

impl Voices {
    /// The voices as the partner called `name` hears them.
    pub(crate) fn of_partner(name: &str) -> Self {
        let own = names(name).chain(PARTNER.map(str::to_owned)).collect();
        let others = PARTICIPANT.into_iter().chain(["coach"]).map(str::to_owned).collect();
        Self { own, others }
    }

    /// The voices as the simulated participant called `name` hears them, who talks with `partner`.
    pub(crate) fn of_participant(name: &str, partner: &str) -> Self {
        let own = names(name).chain(PARTICIPANT.map(str::to_owned)).collect();
        let others = names(partner).chain(PARTNER.map(str::to_owned));
        Self { own, others: others.chain(["coach".to_owned()]).collect() }
    }

    /// The voices of a lane whose model plays a person; `None` where it may quote others.
    pub(crate) fn of(lane: Lane, speaker: &str, partner: &str) -> Option<Self> {
        match lane {
            Lane::Partner => Some(Self::of_partner(partner)),
            Lane::SimulatedUser => Some(Self::of_participant(speaker, partner)),
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => None,
        }
    }

    /// Text that the provider may end the answer at, most important first.
    pub(crate) fn stop(lane: Lane, partner: &str) -> Vec<String> {
        let lines: Vec<String> = match lane {
            Lane::Partner => vec!["\nParticipant:".to_owned(), "\nUser:".to_owned()],
            Lane::SimulatedUser => vec![format!("\n{partner}:"), "\nAssistant:".to_owned()],
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => return Vec::new(),
        };
        lines.into_iter().chain(ENDS.map(str::to_owned)).collect()
    }

    /// Whether `role` is what another voice is called.
    pub(super) fn is_other(&self, role: &str) -> bool {
        self.others.iter().any(|name| name.eq_ignore_ascii_case(role))
    }

    /// Whose name `line` begins with. Decoration around it (`**Dana**:`, `[Dana]:`, `### Dana:`) belongs to
    /// it.
    pub(super) fn label(&self, line: &str) -> Label {
        let name = line.trim_start_matches([' ', '\t', '*', '_', '#', '[', '(']);
        let stars = line[..line.len() - name.len()].matches(['*', '_']).count();
        let mut more = false;
        for (names, own) in [(&self.own, true), (&self.others, false)] {
            for known in names {
                match after(name, known) {
                    After::No => {}
                    After::More => more = true,
                    After::Label(rest) if own => {
                        return Label::Own { length: line.len() - rest.len(), stars };
                    }
                    After::Label(_) => return Label::Foreign,
                }
            }
        }
        if more { Label::More } else { Label::None }
    }
}

/// A name, and each of its words that can stand for it: no titles, which are short.
fn names(name: &str) -> impl Iterator<Item = String> + use<> {
    let name = name.trim().to_lowercase();
    let words: Vec<_> = name
        .split_whitespace()
        .filter(|word| word.chars().count() >= 3 && !word.ends_with('.') && *word != name)
        .map(str::to_owned)
        .collect();
    [name].into_iter().filter(|name| !name.is_empty()).chain(words)
}

enum After<'a> {
    No,
    More,
    Label(&'a str),
}

/// What follows the label of `known` at the beginning of `text`.
fn after<'a>(text: &'a str, known: &str) -> After<'a> {
    let mut wanted = known.chars();
    let mut rest = text;
    // A letter may be several in small letters, and never ends inside one.
    while !wanted.as_str().is_empty() {
        let Some(c) = rest.chars().next() else { return After::More };
        rest = &rest[c.len_utf8()..];
        for small in c.to_lowercase() {
            if wanted.next() != Some(small) {
                return After::No;
            }
        }
    }
    let undecorated = rest.trim_start_matches([' ', '\t', '*', '_', ']', ')']);
    if rest.len() - undecorated.len() > MOST_DECORATION {
        return After::No;
    }
    let mut chars = undecorated.chars();
    match chars.next() {
        None => After::More,
        Some(':' | '：') => After::Label(chars.as_str()),
        Some(_) => After::No,
    }
}

/// The most decoration between a name and its colon, in bytes.
const MOST_DECORATION: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_before_lines_are_known() {
        let voices = Voices::of_partner("Dana Weiß");
        let own = |length, stars| Label::Own { length, stars };
        let rows = [
            ("Dana: No.", own(5, 0)),
            ("dana weiß : No.", own(12, 0)),
            ("Weiß: No.", own(6, 0)),
            ("**Dana:** No.", own(7, 2)),
            ("**Dana**: No.", own(9, 2)),
            ("  [Dana]: No.", own(9, 0)),
            ("Assistant: No.", own(10, 0)),
            ("Dana：不", own(7, 0)),
            ("### User: please", Label::Foreign),
            ("PARTICIPANT: please", Label::Foreign),
            ("Coach: well done", Label::Foreign),
            ("Dana said: no", Label::None),
            ("Users: all of them", Label::None),
            ("No: never", Label::None),
            ("\nDana:", Label::None),
            ("", Label::More),
            ("Dan", Label::More),
            ("Dana", Label::More),
            ("**", Label::More),
            ("Dana          ", Label::More),
            ("Dana                  :", Label::None),
        ];
        for (line, label) in rows {
            assert_eq!(voices.label(line), label, "{line:?}");
        }
    }

    #[test]
    fn a_title_is_no_name() {
        let voices = Voices::of_partner("Ms Keller");
        assert_eq!(voices.label("Ms: what?"), Label::None);
        assert_eq!(voices.label("Keller: No."), Label::Own { length: 7, stars: 0 });
    }

    #[test]
    fn a_simulated_participant_hears_the_partner_as_the_other_voice() {
        let voices = Voices::of_participant("Sam", "Dana");
        assert_eq!(voices.label("Dana: No."), Label::Foreign);
        assert_eq!(voices.label("User: Please."), Label::Own { length: 5, stars: 0 });
    }
}
