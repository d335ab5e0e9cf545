//! Speaker labels at line beginnings: a model that writes for both sides labels its lines.

use crate::model::Lane;

/// The lower-case names that lines may begin with: the voice's own and those of others.
#[derive(Clone, Debug)]
pub(crate) struct Voices {
    own: Vec<String>,
    others: Vec<String>,
}

/// The label at the beginning of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// No label.
    None,
    /// Not decidable without more text.
    More,
    /// The voice's own name.
    Own {
        /// The bytes up to and including the colon.
        length: usize,
        /// Emphasis marks before the name; as many may follow the colon.
        stars: usize,
    },
    /// The name of another voice.
    Foreign,
}

/// Names that models give to the participant.
const PARTICIPANT: [&str; 3] = ["participant", "user", "human"];

/// Names that models give to the partner.
const PARTNER: [&str; 2] = ["partner", "assistant"];

/// Control tokens that the provider also watches for, most frequent first.
const ENDS: [&str; 2] = ["<|im_end|>", "<|eot_id|>"];

impl Voices {
    /// Returns the voices from the view of the partner called `name`.
    pub(crate) fn of_partner(name: &str) -> Self {
        let own = names(name).chain(PARTNER.map(str::to_owned)).collect();
        let others = PARTICIPANT.into_iter().chain(["coach"]).map(str::to_owned).collect();
        Self { own, others }
    }

    /// Returns the voices from the view of the simulated participant called `name`, who talks with `partner`.
    pub(crate) fn of_participant(name: &str, partner: &str) -> Self {
        let own = names(name).chain(PARTICIPANT.map(str::to_owned)).collect();
        let others = names(partner).chain(PARTNER.map(str::to_owned));
        Self { own, others: others.chain(["coach".to_owned()]).collect() }
    }

    /// Returns the voices of a lane whose model plays a person; `None` if it may quote others.
    pub(crate) fn of(lane: Lane, speaker: &str, partner: &str) -> Option<Self> {
        match lane {
            Lane::Partner => Some(Self::of_partner(partner)),
            Lane::SimulatedUser => Some(Self::of_participant(speaker, partner)),
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => None,
        }
    }

    /// Returns the texts at which the provider may end the answer, most important first.
    pub(crate) fn stop(lane: Lane, partner: &str) -> Vec<String> {
        let lines: Vec<String> = match lane {
            Lane::Partner => vec!["\nParticipant:".to_owned(), "\nUser:".to_owned()],
            Lane::SimulatedUser => vec![format!("\n{partner}:"), "\nAssistant:".to_owned()],
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => return Vec::new(),
        };
        lines.into_iter().chain(ENDS.map(str::to_owned)).collect()
    }

    /// Returns whether `role` names another voice.
    pub(super) fn is_other(&self, role: &str) -> bool {
        self.others.iter().any(|name| name.eq_ignore_ascii_case(role))
    }

    /// Returns the label at the beginning of `line`, including its decoration (`**Dana**:`, `[Dana]:`, `###
    /// Dana:`).
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

/// Returns a name and each of its words that can stand for it. Short words such as titles are left out.
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

/// Returns what follows the label of `known` at the beginning of `text`.
fn after<'a>(text: &'a str, known: &str) -> After<'a> {
    let mut wanted = known.chars();
    let mut rest = text;
    // One letter may become several in lower case; the match never ends inside one.
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

/// The maximum decoration between a name and its colon, in bytes.
const MOST_DECORATION: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_before_the_text_is_recognized() {
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
    fn a_title_is_not_a_name() {
        let voices = Voices::of_partner("Ms Keller");
        assert_eq!(voices.label("Ms: what?"), Label::None);
        assert_eq!(voices.label("Keller: No."), Label::Own { length: 7, stars: 0 });
    }

    #[test]
    fn a_simulated_participant_receives_the_partner_as_the_other_voice() {
        let voices = Voices::of_participant("Sam", "Dana");
        assert_eq!(voices.label("Dana: No."), Label::Foreign);
        assert_eq!(voices.label("User: Please."), Label::Own { length: 5, stars: 0 });
    }
}
