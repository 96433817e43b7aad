namespace CreditGrains.Risk.Policies;

/// <summary>
/// Looks for what a table of constant tests leaves out or says twice: gaps, overlaps, rules that never decide. Values of a column are cut into segments at the constants of its tests, so
/// that a test holds in the whole of a segment or nowhere in it; gaps are found by a sweep over the columns (after Calvanese et al., "Semantics and analysis of DMN decision tables", 2016).
/// Missing values are not looked at. A table with tests that are worked out is left alone, and one that is too large is said to be.
/// </summary>
internal sealed class TableCheck
{
    private const int RulesMax = 1_000;
    private const int ShownMax = 10;
    private const int WorkMax = 2_000_000;
    private readonly DecisionTable table;
    private readonly ColumnSegments[] columns;
    private readonly List<string> found = [];
    private readonly string[] region;

    // The last column that a rule tests.
    private readonly int[] lastTested;
    private int gaps;
    private int work;

    private TableCheck(DecisionTable table, ColumnSegments[] columns)
    {
        this.table = table;
        this.columns = columns;
        region = new string[columns.Length];
        lastTested = [.. Enumerable.Range(0, table.Rules.Count).Select(rule => Array.FindLastIndex(columns, column => !column.IsWhole(rule)))];
    }

    /// <summary>What there is to say of a table, in plain words.</summary>
    public static IReadOnlyList<string> Of(DecisionTable table)
    {
        if (table.Rules.Count == 0 || table.InputCount == 0) return [];
        if (table.Rules.Count > RulesMax) return [$"the table has {table.Rules.Count} rules; gaps and overlaps are looked for in tables of at most {RulesMax}"];
        var columns = new ColumnSegments[table.InputCount];
        for (var i = 0; i < columns.Length; i++)
        {
            var column = i;
            if (ColumnSegments.Of(table.Inputs[i], [.. table.Rules.Select(rule => rule.Tests[column])]) is not { } segments) return [];
            columns[i] = segments;
        }

        var check = new TableCheck(table, columns);
        check.FindDeadRules();
        check.FindOverlaps();
        check.FindGaps();
        return check.found;
    }

    private void FindDeadRules()
    {
        for (var r = 0; r < table.Rules.Count; r++)
        {
            for (var c = 0; c < columns.Length; c++)
            {
                if (columns[c].IsPossible(r)) continue;
                found.Add($"{NameOf(r)} never holds: no value of '{table.Inputs[c].Label}' passes its test");
                break;
            }
        }
    }

    private void FindOverlaps()
    {
        if (table.Policy is not (HitPolicy.Unique or HitPolicy.Any or HitPolicy.First)) return;
        var more = 0;
        for (var r = 0; r < table.Rules.Count; r++)
        {
            for (var s = r + 1; s < table.Rules.Count; s++)
            {
                if (Fault(r, s) is not { } fault) continue;
                if (found.Count < ShownMax) found.Add(fault);
                else more++;
            }
        }

        if (more > 0) found.Add($"and {more} more pairs of rules");
    }

    private string? Fault(int r, int s)
    {
        if (table.Policy == HitPolicy.First)
            return Array.TrueForAll(columns, column => column.Covers(r, s)) && Array.TrueForAll(columns, column => column.IsPossible(s)) ? $"{NameOf(s)} is never reached: {NameOf(r)} holds wherever it does" : null;
        if (table.Policy == HitPolicy.Any && (table.ConstantOf(r) is not { } first || table.ConstantOf(s) is not { } second || first.Equals(second))) return null;
        if (!Array.TrueForAll(columns, column => column.Meet(r, s) >= 0)) return null;
        var where = columns.Select((column, i) => (Column: column, i)).Where(one => !one.Column.IsWhole(r) || !one.Column.IsWhole(s)).Select(one => $"{table.Inputs[one.i].Label}: {one.Column.Label(one.Column.Meet(r, s), one.Column.Meet(r, s))}");
        return $"{NameOf(r)} and {NameOf(s)} overlap{(table.Policy == HitPolicy.Any ? " and give different outputs" : "")}, such as for {string.Join(", ", where)}";
    }

    private void FindGaps()
    {
        if (table.Policy is not (HitPolicy.Unique or HitPolicy.Any or HitPolicy.First or HitPolicy.Priority) || table.HasDefault) return;
        Sweep(0, [.. Enumerable.Range(0, table.Rules.Count)]);
        if (gaps > ShownMax) found.Add($"and {gaps - ShownMax} more gaps{(work > WorkMax ? " or more: the search was given up" : "")}");
        else if (work > WorkMax) found.Add("the search for gaps was given up: the table has too many combinations");
    }

    private void Sweep(int column, List<int> active)
    {
        if (active.Count == 0)
        {
            if (gaps++ < ShownMax) found.Add($"no rule holds for {string.Join(", ", region.Take(column).Select((label, i) => (label, i)).Where(one => one.label.Length > 0).Select(one => $"{table.Inputs[one.i].Label}: {one.label}"))}");
            return;
        }

        if (column == columns.Length || work > WorkMax) return;
        if (active.Exists(rule => lastTested[rule] < column)) return;
        var segments = columns[column];
        for (var from = 0; from < segments.Count;)
        {
            work += active.Count;
            var here = active.FindAll(rule => segments.Holds(rule, from));
            var to = from + 1;
            // Neighbours where the same rules hold are one region.
            for (; to < segments.Count && active.TrueForAll(rule => segments.Holds(rule, to) == segments.Holds(rule, from)); to++) work += active.Count;
            region[column] = from == 0 && to == segments.Count ? "" : segments.Label(from, to - 1);
            Sweep(column + 1, here);
            from = to;
        }
    }

    private string NameOf(int rule) => table.Rules[rule].Id == $"{rule + 1}" ? $"rule {rule + 1}" : $"rule {rule + 1} ({table.Rules[rule].Id})";
}
