namespace CreditGrains.Engine.Leases;

/// <summary>The events of one decision so far, the state after them, and who must hear of it. Lives for one <c>Decide</c>.</summary>
internal sealed class LeaseDraft(LeaseBookState state)
{
    private readonly List<LeaseEvent> events = [];
    private readonly SortedSet<PartitionId> answered = [];
    private readonly SortedSet<PartitionId> recalled = [];

    public LeaseBookState State { get; private set; } = state;

    public IReadOnlyList<LeaseEvent> Events => events;

    public IEnumerable<PartitionId> Answered => answered;

    public IEnumerable<PartitionId> Recalled => recalled;

    public void Emit(LeaseEvent happened)
    {
        events.Add(happened);
        State = State.Apply(happened);
        switch (happened)
        {
            case LeaseEvent.Reported e: answered.Add(e.Message.Partition); break;
            case LeaseEvent.Granted e: answered.Add(e.Partition); break;
            case LeaseEvent.TurnedDown e: answered.Add(e.Partition); break;
            case LeaseEvent.Recalled e: recalled.Add(e.Partition); break;
            default: break;
        }
    }

    /// <summary>Has an open recall sent again.</summary>
    public void Touch(PartitionId partition) => recalled.Add(partition);
}
