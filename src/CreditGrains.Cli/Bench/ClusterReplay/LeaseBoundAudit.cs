using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Uci;
using UciBook = CreditGrains.Cli.Uci.UciBook;

namespace CreditGrains.Cli.Bench.ClusterReplay;

/// <summary>
/// Reads the feed of a replayed book and holds every decline by a shared node against the bound on false declines: the exposure of each node is added up
/// here from the events, not asked for.
/// </summary>
internal sealed class LeaseBoundAudit
{
    private readonly UciBook layout;
    private readonly Dictionary<long, UciAccount> accounts;
    private readonly Dictionary<long, long> owed = [];
    private readonly Dictionary<Domain.Limits.NodeKey, SharedUse> nodes = [];

    public LeaseBoundAudit(UciBook layout, IReadOnlyList<UciAccount> accounts)
    {
        this.layout = layout;
        this.accounts = accounts.ToDictionary(account => account.Id);
        foreach (var node in layout.SharedNodes()) nodes[node.Key] = new SharedUse(node.Limit);
    }

    /// <summary>Declines that name a shared node.</summary>
    public long Declines { get; private set; }

    /// <summary>Of them, those with more headroom left than the bound allows.</summary>
    public long OutsideBound { get; private set; }

    /// <summary>Events read.</summary>
    public long Events { get; private set; }

    /// <summary>The exposure of a node after the last event.</summary>
    public long ExposureOf(Domain.Limits.NodeKey node) => nodes[node].Exposure;

    /// <summary>Reads from the first event to the newest of now.</summary>
    public async Task ReadAsync(RpcChannel channel, long commands)
    {
        if (commands == 0) return;
        await foreach (var item in channel.ServerStreamingAsync(Calls.Feed, new FeedRequest { Tenant = layout.Tenant }))
        {
            Take(item.Event);
            if (++Events == commands) return;
        }
    }

    private void Take(JournalEvent e)
    {
        if (e.Key.Kind != NodeKind.Facility) return;
        var account = accounts[e.Key.Id];
        if (e.Outcome == OutcomeKind.Declined) Judge(e);
        else if (e.Command == CommandKind.OpenFacility) Move(account, e, Math.Max(0, account.Bills[0]) * UciBook.MinorPerDollar);
        else if (e.Balances is { } after) Move(account, e, after.Principal + after.Interest + after.Fees + after.Held);
    }

    private void Move(UciAccount account, JournalEvent e, long after)
    {
        var change = after - owed.GetValueOrDefault(account.Id);
        owed[account.Id] = after;
        if (change == 0) return;
        foreach (var node in layout.PathOf(account)) nodes[node].Move(e.RecordedAtMicros, change);
    }

    private void Judge(JournalEvent e)
    {
        var isByShared = false;
        foreach (var limit in e.Limits)
        {
            if (!nodes.TryGetValue(Keys.FromNode(limit.Node), out var node)) continue;
            isByShared = true;
            if (!node.MayDecline(e.RecordedAtMicros, e.AmountAsked)) OutsideBound++;
        }
        if (isByShared) Declines++;
    }
}
