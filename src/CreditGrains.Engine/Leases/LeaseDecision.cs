namespace CreditGrains.Engine.Leases;

/// <summary>
/// What a book decided. The host stores <see cref="State"/> with compare-and-set on the version it read, and only then sends the messages. When
/// there are no events nothing needs storing.
/// </summary>
/// <param name="State">The book after <paramref name="Events"/>.</param>
/// <param name="Events">What happened; empty for repeats and rejections.</param>
/// <param name="Replies">Answers to reports, at most one a partition.</param>
/// <param name="Recalls">Wishes to holders, at most one a partition.</param>
/// <param name="Rejection">Why the command was not taken, or None.</param>
/// <param name="LimitAnswer">Where a change of limit stands.</param>
public sealed record LeaseDecision(
    LeaseBookState State,
    IReadOnlyList<LeaseEvent> Events,
    IReadOnlyList<LeaseReply> Replies,
    IReadOnlyList<LeaseRecall> Recalls,
    LeaseRejection Rejection = LeaseRejection.None,
    LimitAnswer LimitAnswer = LimitAnswer.None);
