using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Orleans.Front;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Nodes;

/// <summary>
/// A pool as the sum of its parts, one a partition: figures are added up, loans are projected where they are and what they pay is added up, to the same bits as of a pool that lies in one place.
/// Each part is of one moment of its own. What computes runs beside the turns.
/// </summary>
internal sealed class PoolParts(NodeKey key, SiloServices silo, IClusterGrains grains)
{
    private const int TriesMax = 5;

    /// <summary>The pool; null when it has no terms.</summary>
    public async Task<PoolState?> ReadAsync()
    {
        var answers = await EachAsync(partition => partition.AskAsync(PartitionQuestion.Of(QuestionKind.Pool, key)));
        return await silo.Workers.Run(() => AddUp([.. answers.Select(answer => PoolBytes.ReadState(answer.Bytes)).OfType<PoolState>()]));
    }

    /// <summary>The pool with all its loans in one place.</summary>
    public async Task<LivePoolLoans?> CopyAsync()
    {
        var answers = await EachAsync(partition => partition.AskLongAsync(PartitionQuestion.Of(QuestionKind.PoolLoans, key)));
        return await silo.Workers.Run(() =>
        {
            var parts = answers.Select(answer => PoolBytes.ReadLoans(answer.Bytes)).OfType<LivePoolLoans>().ToArray();
            return AddUp([.. parts.Select(part => part.State)]) is { } whole ? new LivePoolLoans(whole, [.. parts.SelectMany(part => part.Slices.Select(slice => Placed(slice, part.State.Ledger, whole.Ledger)))]) : null;
        });
    }

    /// <summary>The pool with its loans put together in lines; the last says from which day ages are reckoned.</summary>
    public async Task<(PoolState State, LoanGroups Groups, DateOnly Start)?> LinesAsync()
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await ReadAsync() is not { } before) return null;
            var start = LiveCollateral.StartOf(before.Ledger);
            var answers = await AskAsync(PoolAsk.Lines, w => w.Write(start.DayNumber));
            var (state, groups) = await silo.Workers.Run(() =>
            {
                var sum = new LoanGroups();
                return (AddUp(ReadParts(answers, sum.Read)), sum);
            });
            if (state is not null && LiveCollateral.StartOf(state.Ledger) == start) return (state, groups, start);
        }

        throw Moves();
    }

    /// <summary>What the pool pays.</summary>
    /// <exception cref="Securitisation.InvalidInputException">Assumptions or conventions cannot be used with it.</exception>
    public async Task<PoolForecasts?> ProjectAsync(PoolAssumptions assumptions, string conventionsText)
    {
        var conventions = PoolAssumptions.Conventions(conventionsText);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await ReadAsync() is not { } before) return null;
            var scenarios = await silo.Workers.Run(() => assumptions.Of(before.Ledger));
            if (!PoolRuns.IsByColumns(scenarios, conventions)) return await ByLinesAsync(assumptions, conventions);
            var start = LiveCollateral.StartOf(before.Ledger);
            // A part cannot know the past of the whole: its rates go with the question.
            var told = assumptions is PoolAssumptions.OwnPast own
                ? new PoolAssumptions.Rates((before.Ledger.PrepaymentRate(own.Months) ?? default).Ratio, (before.Ledger.DefaultRate(own.Months) ?? default).Ratio)
                : assumptions;
            var answers = await AskAsync(PoolAsk.Project, w =>
            {
                w.Write(start.DayNumber);
                w.Write(conventionsText);
                w.Write(told);
            });
            var forecast = await silo.Workers.Run(() => AddUp(answers, scenarios, conventions, start));
            if (forecast is not null && LiveCollateral.StartOf(forecast.State.Ledger) == start && (assumptions is not PoolAssumptions.OwnPast || IsSamePast(before.Ledger, forecast.State.Ledger))) return forecast;
        }

        throw Moves();
    }

    private async Task<PoolForecasts?> ByLinesAsync(PoolAssumptions assumptions, ProjectionConventions conventions)
    {
        if (await LinesAsync() is not var (state, groups, start)) return null;
        return await silo.Workers.Run(() =>
        {
            var (scenarios, lines) = (assumptions.Of(state.Ledger), groups.Lines());
            return new PoolForecasts(state, scenarios, PoolRuns.ByLines(lines, start, scenarios, conventions, progress: null, CancellationToken.None), lines.Length);
        });
    }

    private static PoolForecasts? AddUp(Payload[] answers, Securitisation.Assumptions.Scenario[] scenarios, ProjectionConventions conventions, DateOnly start)
    {
        var tables = new List<CashflowTable>[scenarios.Length];
        for (var s = 0; s < tables.Length; s++) tables[s] = [];
        var states = ReadParts(answers, r =>
        {
            // A part without loans has none.
            var count = r.ReadInt32();
            for (var s = 0; s < count; s++) tables[s].Add(r.ReadSums());
        });
        return AddUp(states) is { } state
            ? new PoolForecasts(state, scenarios, [.. scenarios.Select((scenario, s) => ColumnProjection.AddUp(tables[s], scenario, conventions, PoolRuns.CalendarOf(start)))], 0)
            : null;
    }

    /// <summary>Adds parts up; null when there is none. The parts' ledgers are used up.</summary>
    private static PoolState? AddUp(List<PoolState> parts)
    {
        if (parts.Count == 0) return null;
        var newest = parts.MaxBy(part => part.AsOfMicros)!;
        return newest with { Ledger = PoolLedger.AddUp([.. parts.Select(part => part.Ledger)]) };
    }

    private static List<PoolState> ReadParts(Payload[] answers, Action<BinaryReader> more)
    {
        var states = new List<PoolState>();
        foreach (var answer in answers)
        {
            var state = PoolWire.ReadAnswer(answer, r =>
            {
                var read = PoolBytes.ReadState(r.ReadPart());
                more(r);
                return read!;
            });
            if (state is not null) states.Add(state);
        }

        return states;
    }

    private static ReadOnlyMemory<LiveLoan> Placed(ReadOnlyMemory<LiveLoan> slice, PoolLedger part, PoolLedger whole)
    {
        var industries = PlacesOf(PoolDimension.Industry);
        var regions = PlacesOf(PoolDimension.Region);
        var placed = slice.ToArray();
        foreach (ref var loan in placed.AsSpan()) loan = loan with { Industry = industries[loan.Industry], Region = regions[loan.Region] };
        return placed;

        ushort[] PlacesOf(PoolDimension dimension)
        {
            var places = Enumerable.Range(0, whole.GroupsOf(dimension)).ToDictionary(place => whole.CodeOf(dimension, place), place => (ushort)place);
            return [.. Enumerable.Range(0, part.GroupsOf(dimension)).Select(place => places[part.CodeOf(dimension, place)])];
        }
    }

    private static bool IsSamePast(PoolLedger one, PoolLedger two) =>
        one.History.Count == two.History.Count && Enumerable.Range(0, one.History.Count).All(month => one.SaveMonth(month).AsSpan().SequenceEqual(two.SaveMonth(month)));

    private static PartitionUnavailableException Moves() => new("Months of the pool were closing while its partitions were asked; ask again.");

    private Task<Payload[]> AskAsync(PoolAsk ask, Action<BinaryWriter> rest)
    {
        var request = PoolWire.Write(w =>
        {
            w.Write((byte)ask);
            w.Write(key);
            rest(w);
        });
        return EachAsync(partition => partition.PoolAsync(request));
    }

    private Task<Payload[]> EachAsync(Func<IPartitionGrain, Task<Payload>> ask) => Task.WhenAll(Enumerable.Range(1, silo.Map.Count).Select(number => ask(grains.Partition(number))));
}
