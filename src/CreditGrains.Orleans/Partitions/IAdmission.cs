namespace CreditGrains.Orleans.Partitions;

/// <summary>Says which commands of a partition may run now, and holds those that must wait.</summary>
internal interface IAdmission
{
    /// <summary>Whether something waits to be done in a turn.</summary>
    bool HasWork { get; }

    /// <summary>A batch is open: messages that have come are taken in.</summary>
    void BeginBatch();

    /// <summary>How far a call's commands may run from its next one on. Its next one itself: it is held here, or answered.</summary>
    int Admit(CommandItem item);

    /// <summary>Commands were executed.</summary>
    void Executed(CommandItem item, int first, int count);

    /// <summary>The batch ends: what changed is told.</summary>
    void EndBatch();

    /// <summary>The partition cannot go on: those held are told.</summary>
    void Fail(Exception fault);
}
