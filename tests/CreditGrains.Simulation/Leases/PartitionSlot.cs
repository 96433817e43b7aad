using CreditGrains.Engine.Leases;

namespace CreditGrains.Simulation.Leases;

/// <summary>One partition of a simulation: its durable store and its activations, the newest last, stale ones before it.</summary>
internal sealed class PartitionSlot(int number, int nodes)
{
    private (long At, long Epoch) fenceLater = (long.MaxValue, 0);

    public int Number => number;

    public TinyStore Store { get; } = new(nodes);

    public List<(TinyActivation Activation, long PausedUntil)> Active { get; } = [];

    /// <summary>Requests not answered yet, with the tick at which they came.</summary>
    public SortedDictionary<long, long> Asked { get; } = [];

    /// <summary>What a paused activation hears when it wakes.</summary>
    public List<(long Until, TinyActivation Activation, HolderInput Input)> Late { get; } = [];

    public void Open(LeaseFault fault) => Active.Add((TinyActivation.Open(new PartitionId(number + 1), Store, fault), 0));

    public void Kill(TinyActivation activation) => Active.RemoveAll(a => a.Activation == activation);

    public void Pause(int index, long until) => Active[index] = (Active[index].Activation, until);

    public void WakeAll()
    {
        for (var i = 0; i < Active.Count; i++) Pause(i, 0);
        foreach (var (_, activation, input) in Late) activation.Take(input);
        Late.Clear();
    }

    /// <summary>A faulty host raises the epoch only some time after it gave the lease back.</summary>
    public void FenceLater(long at, long epoch) => fenceLater = (at, epoch);

    public void FenceWhenDue(long now)
    {
        if (fenceLater.At > now) return;
        Store.Epoch = Math.Max(Store.Epoch, fenceLater.Epoch);
        fenceLater = (long.MaxValue, 0);
    }
}
