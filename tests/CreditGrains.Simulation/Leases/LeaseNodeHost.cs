using CreditGrains.Engine.Leases;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Leases;

/// <summary>The durable row of one node: bytes, replaced only by one who knows the version there.</summary>
internal sealed class LeaseNodeRow(LeaseBookState state)
{
    private byte[] bytes = LeaseBookCodec.Write(state);

    public LeaseBookState Read() => LeaseBookCodec.Read(bytes);

    public bool TryReplace(long version, LeaseBookState next)
    {
        if (Read().Version != version) return false;
        bytes = LeaseBookCodec.Write(next);
        return true;
    }
}

/// <summary>
/// One activation of a node's grain: a copy of the row, decided on and stored by compare-and-set. There may be two of a node; whoever loses
/// the comparison reads again. After a store of unknown outcome it says nothing and reads again.
/// </summary>
internal sealed class LeaseNodeHost(LeaseNodeRow row, LeaseBook book, Dice dice, LeaseSimulationOptions options)
{
    private LeaseBookState memory = row.Read();

    public bool IsFaulty { get; set; } = true;

    public long Decided { get; private set; }

    /// <summary>Carries a command out, or not; messages only when it is stored.</summary>
    public IEnumerable<object> Take(LeaseCommand command)
    {
        Decided++;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var decision = book.Decide(memory, command);
            if (IsDamage(decision.Rejection))
            {
                // Perhaps only this copy is old.
                LeaseChecker.Require(memory.Version != row.Read().Version, $"book refused {command}: {decision.Rejection}");
                memory = row.Read();
                continue;
            }
            if (decision.Events.Count == 0 || TryStore(decision.State)) return [.. decision.Replies, .. decision.Recalls];
            if (options.Fault == LeaseFault.AnswerBeforeStored)
            {
                memory = row.Read();
                return [.. decision.Replies, .. decision.Recalls];
            }
            memory = row.Read();
        }
        return [];
    }

    private static bool IsDamage(LeaseRejection rejection) =>
        rejection is LeaseRejection.HeldAboveGrant or LeaseRejection.RecallNotMade or LeaseRejection.Malformed or LeaseRejection.WrongNode;

    private bool TryStore(LeaseBookState next)
    {
        var fails = IsFaulty && dice.Percent(options.StoreFailPercent);
        if (fails && dice.Percent(50)) return false;
        if (!row.TryReplace(memory.Version, next)) return false;
        if (fails) return false;
        memory = next;
        return true;
    }
}
