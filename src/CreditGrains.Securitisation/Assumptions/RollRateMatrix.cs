using System.Collections.Immutable;
using System.Globalization;

namespace CreditGrains.Securitisation.Assumptions;

/// <summary>
/// Monthly probabilities of moving between states of delinquency. States 0 … n − 1 are missed instalments (the last means that many or more); from each a loan may
/// also leave as charged off or as paid off. Every row adds up to 1.
/// </summary>
public sealed class RollRateMatrix
{
    private const double Tolerance = 1e-9;
    private readonly double[] cells;

    /// <param name="rows">A row for each state: first the states in order, then charged off, then paid off.</param>
    /// <exception cref="InvalidInputException">A row has the wrong length, a number out of range, a sum that is not 1, or skips an instalment upwards.</exception>
    public RollRateMatrix(IReadOnlyList<IReadOnlyList<double>> rows)
    {
        States = rows.Count;
        if (States is < 1 or > StatesMax) throw new InvalidInputException("MatrixShape", "matrix", $"it has {States} rows; write 1 to {StatesMax}, one a state");
        cells = new double[States * Width];
        for (var from = 0; from < States; from++)
        {
            if (rows[from].Count != Width)
                throw new InvalidInputException("MatrixShape", $"matrix[{from}]", $"the row has {rows[from].Count} numbers; write {Width}: {States} states, charged off, paid off");
            double sum = 0;
            for (var to = 0; to < Width; to++) sum += cells[from * Width + to] = RateCheck.Ratio(rows[from][to], $"matrix[{from}][{to}]");
            if (Math.Abs(sum - 1) > Tolerance)
                throw new InvalidInputException("MatrixRowNotWhole", $"matrix[{from}]", string.Create(CultureInfo.InvariantCulture, $"the row adds up to {sum}; make it add up to 1"));
        }
    }

    /// <summary>At most so many states.</summary>
    public const int StatesMax = 64;

    /// <summary>Number of states, not counting the two ways out.</summary>
    public int States { get; }

    /// <summary>Column of loans charged off.</summary>
    public int ChargedOff => States;

    /// <summary>Column of loans paid off early.</summary>
    public int PaidOff => States + 1;

    private int Width => States + 2;

    /// <summary>Probability of a move.</summary>
    public double this[int from, int to] => cells[from * Width + to];

    /// <summary>One step of a distribution over states: what each state and both ways out receive.</summary>
    public void Step(ReadOnlySpan<double> before, Span<double> after)
    {
        after.Clear();
        for (var from = 0; from < States; from++)
            for (var to = 0; to < Width; to++) after[to] += before[from] * this[from, to];
    }

    /// <summary>A chain in which everybody pays.</summary>
    public static RollRateMatrix AllPay { get; } = new([[1, 0, 0]]);
}

/// <summary>Counted moves between states, from which a matrix is estimated by frequency (maximum likelihood of a Markov chain).</summary>
/// <param name="states">Number of states, without the ways out.</param>
public sealed class TransitionCounts(int states)
{
    private readonly long[] counts = new long[states * (states + 2)];

    /// <summary>Number of states.</summary>
    public int States => states;

    /// <summary>How often a move was seen.</summary>
    public long this[int from, int to] => counts[from * (states + 2) + to];

    /// <summary>Counts moves.</summary>
    /// <param name="from">State before, 0 to states − 1.</param>
    /// <param name="to">State after; states is charged off, states + 1 paid off.</param>
    /// <param name="times">How many.</param>
    public void Add(int from, int to, long times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, states);
        ArgumentOutOfRangeException.ThrowIfNegative(to);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, states + 1);
        counts[from * (states + 2) + to] += times;
    }

    /// <summary>Counts of another part of the same data, added.</summary>
    public void Add(TransitionCounts other)
    {
        if (other.States != states) throw new InvalidInputException("MatrixShape", "", $"counts of {other.States} states cannot be added to counts of {states}");
        for (var i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
    }

    /// <summary>The frequencies. A state never seen stays where it is.</summary>
    public RollRateMatrix Estimate()
    {
        var rows = ImmutableArray.CreateBuilder<IReadOnlyList<double>>(states);
        for (var from = 0; from < states; from++)
        {
            var row = new double[states + 2];
            long total = 0;
            for (var to = 0; to < row.Length; to++) total += this[from, to];
            for (var to = 0; to < row.Length; to++) row[to] = total == 0 ? to == from ? 1 : 0 : (double)this[from, to] / total;
            rows.Add(row);
        }

        return new RollRateMatrix(rows);
    }
}
