//! What authors of stores get wrong.

/// A fault of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Trims what participants write, as many form handlers do.
    TrimsMessages,
    /// Keeps only characters of up to three bytes, as the `utf8` of some databases does.
    LosesAstralCharacters,
    /// Takes a byte order mark for the file's, not the text's.
    StripsTheByteOrderMark,
    /// Turns CRLF into LF, as text modes do.
    UnifiesLineEnds,
    /// Cuts text at 65,535 bytes, as the `TEXT` of some databases does.
    CutsAt65535Bytes,
    /// Cuts the text so far at a number of bytes that is one of characters.
    CountsTheTextSoFarInCharacters,
    /// Compares names by a collation that ignores case.
    IgnoresCaseInSlugs,
    /// Has no column for why a model stopped.
    ForgetsTheFinishReason,
    /// Has no column for when the pieces arrived.
    ForgetsTheTiming,
    /// Has no column for when the first text arrived.
    ForgetsTheFirstDelta,
    /// Reads messages without their display records.
    ForgetsWhatWasSeen,
    /// Keeps times in milliseconds.
    KeepsMilliseconds,
    /// Reads an absent text as an empty one.
    ReadsAbsentAsEmpty,
    /// Has one column for both ways of display.
    SeesShownForOpened,
    /// Reads a cost that is not known as one of zero.
    ReadsAbsentCostAsZero,
    /// Lists in the order of the index.
    ListsOldestFirst,
    /// Reads one more than the limit, to see whether more follows, and returns it.
    ReadsOneMore,
    /// Compares with `<=` where a page ends before a message.
    BeforeIsInclusive,
    /// Compares with `>=` where a page begins after a message.
    AfterIsInclusive,
    /// Compares with `>=` where the ledger is read after an entry.
    EntriesBeginAgain,
    /// Compares with `<=` where a list of invitations continues.
    OrdersBeginAgain,
    /// Compares with `<` where a range includes its last message.
    EndsRangesTooEarly,
    /// Compares labels as they were written.
    SearchesByCase,
    /// Passes a search to `LIKE` as it is.
    SearchesWithWildcards,
    /// Renews leases by the id of the turn alone.
    RenewsForAnotherFence,
    /// Finishes answers by the id of the turn alone.
    FinishesForAnotherFence,
    /// Forgets that a heartbeat renews the lease.
    NeverRenews,
    /// Compares leases with the caller's clock.
    AsksTheCallersClock,
    /// Forgets the attempts that the caller runs.
    RecoversWhatRuns,
    /// Has no unique index of client ids.
    ForgetsClientIds,
    /// Keeps the stop flag in the conversation, not in the turn.
    RemembersTheStop,
    /// Ends a conversation that has ended.
    EndsTwice,
    /// Books a call that is closed.
    SettlesTwice,
    /// Reports a claim that was made before as made now.
    ClaimsTwice,
    /// Reads whether an invitation is free before it claims it, without a lock.
    ChecksThenClaims,
    /// Saves each invitation in a transaction of its own.
    InvitesOneByOne,
    /// Forgets the audit entry of a change.
    DropsTheAuditEntry,
    /// Knows the subjects of audit entries only of those that a change adds.
    ForgetsTheSubject,
    /// Keeps every address as one of IPv6.
    MapsAddresses,
    /// Adds the audit entries again when a call is repeated.
    RepeatsTheAuditEntry,
    /// Forgets used nonces.
    SpendsANonceTwice,
    /// Caches messages and does not hear that they were erased.
    CachesErasedText,
    /// Saves in two transactions, between which a caller may be gone.
    SavesHalfOfADroppedCall,
    /// Frees its lock at the end of a call, which a dropped call never reaches.
    StaysLockedByADroppedCall,
    /// A second note with the same client id is saved.
    ForgetsClientIdsOfNotes,
    /// A change that is based on an old version is saved.
    SavesOverAnotherChange,
    /// Only the first version of a note is kept beside the current one.
    KeepsOneOldVersion,
    /// Erasing leaves the text of old versions of notes.
    KeepsErasedNotes,
    /// Reading one note reads all.
    MarksAllNotesRead,
    /// Recovery ends looks that this process serves.
    EndsRunningLooks,
    /// Every read is an entry of the audit log.
    NotesEveryRead,
}
