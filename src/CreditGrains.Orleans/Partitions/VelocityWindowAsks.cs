using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Partitions;

/// <summary>Requests that wait for allowance in one window of a shared node, and the question about them that is on its way.</summary>
internal sealed class VelocityWindowAsks
{
    private readonly SortedDictionary<long, (long Amount, int Approvals)> waiting = [];
    private readonly SortedSet<long> asked = [];

    /// <summary>Whether a question is on its way, or waits before it is asked again.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Numbers of requests for which there was not enough, while nothing has been given back since: what this partition has is all there was.</summary>
    public HashSet<long> WithoutRoom { get; } = [];

    /// <summary>The last answer.</summary>
    public VelocityShare? Share { get; set; }

    /// <summary>Answers up to this question are void: what they brought was given back.</summary>
    public long VoidUpTo { get; set; }

    /// <summary>Whether requests wait.</summary>
    public bool IsWaitedFor => waiting.Count > 0;

    /// <summary>Whether a request of a lower number waits.</summary>
    public bool IsWaitedForBefore(long number)
    {
        foreach (var (first, _) in waiting) return first < number;
        return false;
    }

    /// <summary>Whether a question is to be asked.</summary>
    public bool MustAsk => !IsAsking && IsWaitedFor;

    /// <summary>A request waits.</summary>
    public void Add(long number, long amount, int approvals) => waiting[number] = (amount, approvals);

    /// <summary>A request waits no more.</summary>
    public void Forget(long number)
    {
        waiting.Remove(number);
        asked.Remove(number);
        WithoutRoom.Remove(number);
    }

    /// <summary>A question goes out about all that wait.</summary>
    /// <returns>What they add together.</returns>
    public (Int128 Amount, long Approvals) BeginAsk()
    {
        IsAsking = true;
        Int128 amount = 0;
        long approvals = 0;
        foreach (var (number, added) in waiting)
        {
            asked.Add(number);
            amount += added.Amount;
            approvals += added.Approvals;
        }
        return (amount, approvals);
    }

    /// <summary>The question was not answered, or to no use: all that it was about wait on.</summary>
    public void AskAgain()
    {
        IsAsking = false;
        asked.Clear();
    }

    /// <summary>The question was answered.</summary>
    /// <returns>The requests it was about, in their order; they wait no more.</returns>
    public long[] EndAsk()
    {
        IsAsking = false;
        long[] numbers = [.. asked];
        asked.Clear();
        foreach (var number in numbers) waiting.Remove(number);
        return numbers;
    }
}
