using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>What comparing a ledger's file with the engine found.</summary>
internal sealed class ReconciliationResult
{
    /// <summary>Rows of the ledger.</summary>
    public long Rows { get; set; }

    /// <summary>Rows equal in every component.</summary>
    public long Matches { get; set; }

    /// <summary>In the order of the file.</summary>
    public List<Difference> Differences { get; } = [];

    /// <summary>In the ledger and not in the engine.</summary>
    public List<NodeKey> MissingInEngine { get; } = [];

    /// <summary>In the engine, with something owed or owing, and not in the ledger.</summary>
    public List<NodeKey> MissingInLedger { get; } = [];

    /// <summary>Whether both sides agree.</summary>
    public bool IsClean => Differences.Count + MissingInEngine.Count + MissingInLedger.Count == 0;
}

/// <summary>Compares a ledger's file with the engine, facility by facility.</summary>
internal sealed class LedgerComparison(IBook book, IWorkProgress progress)
{
    /// <summary>Most differences kept, so that a wrong file does not fill memory.</summary>
    public const int DifferencesMax = 1_000_000;

    private readonly HashSet<NodeKey> seen = [];

    /// <exception cref="CommandFault">The file cannot be read, or nothing in it matches.</exception>
    public async Task<ReconciliationResult> RunAsync(IEnumerable<LedgerRow> ledger, ushort tenant, CancellationToken cancellationToken)
    {
        var result = new ReconciliationResult();
        var reads = new OrderedReads<LedgerRow, FacilityState?>(row => book.GetFacilityAsync(row.Facility, cancellationToken));
        await foreach (var (row, state) in reads.ReadAsync(ledger))
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report(++result.Rows);
            seen.Add(row.Facility);
            if (state is not { } held) result.MissingInEngine.Add(row.Facility);
            else if (Difference.Of(row, held) is { } difference) result.Differences.Add(difference);
            else result.Matches++;
            if (result.Differences.Count + result.MissingInEngine.Count > DifferencesMax)
                throw CommandFault.Usage("TooManyDifferences", $"over {DifferencesMax:N0} of the first {result.Rows:N0} rows differ; this is not this engine's ledger");
        }

        await FindMissingInLedgerAsync(result, tenant, cancellationToken);
        return result;
    }

    private async Task FindMissingInLedgerAsync(ReconciliationResult result, ushort tenant, CancellationToken cancellationToken)
    {
        await foreach (var facility in book.ReadOpenedFacilitiesAsync(tenant, cancellationToken))
        {
            if (seen.Contains(facility)) continue;
            var state = await book.GetFacilityAsync(facility, cancellationToken);
            if (state is { } held && (held.Balances.Drawn != 0 || held.Balances.Credit != 0)) result.MissingInLedger.Add(facility);
            if (result.MissingInLedger.Count > DifferencesMax)
                throw CommandFault.Usage("TooManyDifferences", $"the engine has over {DifferencesMax:N0} facilities that the ledger has not; give the whole ledger of the tenant");
        }
    }
}
