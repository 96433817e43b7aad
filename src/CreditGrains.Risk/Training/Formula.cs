using System.Globalization;
using CreditGrains.Risk.Models;

namespace CreditGrains.Risk.Training;

/// <summary>
/// Arithmetic over the columns of a row, for derived inputs, labels and folds: numbers, names, + - * / %, comparisons (1 or 0), and, or, not, and the functions
/// min, max, sum, mean, std (missing values are left out), abs, log (ln(1 + x), of the magnitude, with its sign), if(condition, then, else), missing(x).
/// Missing (NaN) in, missing out; division by 0 is missing. A comparison with a missing value does not hold.
/// </summary>
public sealed class Formula
{
    private const int DepthMax = 64;
    private readonly string text;
    private readonly Func<string, int> place;
    private readonly SortedSet<string> names = new(StringComparer.Ordinal);
    private int at;
    private int depth;
    private readonly Func<double[], double> compiled;

    private Formula(string text, Func<string, int> place)
    {
        this.text = text;
        this.place = place;
        compiled = Or();
        Skip();
        if (at < text.Length) throw Wrong($"'{text[at]}' is not expected; put an operator between two values, and close every bracket");
    }

    /// <summary>The columns it reads.</summary>
    public IReadOnlySet<string> Names => names;

    /// <summary>Reads a formula.</summary>
    /// <param name="text">The formula.</param>
    /// <param name="place">Place of a column in a row; negative when there is none.</param>
    /// <exception cref="ModelFault">BadFormula: the column and what is wrong.</exception>
    public static Formula Read(string text, Func<string, int> place)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(place);
        return new Formula(text, place);
    }

    /// <summary>Its value for a row.</summary>
    public double Of(double[] row) => compiled(row);

    private Func<double[], double> Or()
    {
        if (++depth > DepthMax) throw Wrong($"it is nested more than {DepthMax} deep; split it into derived inputs");
        var left = And();
        while (Word("or"))
        {
            var (a, b) = (left, And());
            left = row => a(row) == 1 || b(row) == 1 ? 1 : 0;
        }

        depth--;
        return left;
    }

    private Func<double[], double> And()
    {
        var left = Not();
        while (Word("and"))
        {
            var (a, b) = (left, Not());
            left = row => a(row) == 1 && b(row) == 1 ? 1 : 0;
        }

        return left;
    }

    private Func<double[], double> Not()
    {
        if (!Word("not")) return Comparison();
        var inner = Comparison();
        return row => inner(row) == 1 ? 0 : 1;
    }

    private Func<double[], double> Comparison()
    {
        var left = Sum();
        foreach (var sign in (string[])["<=", ">=", "!=", "=", "<", ">"])
        {
            if (!Sign(sign)) continue;
            var (a, b) = (left, Sum());
            return sign switch
            {
                "<=" => row => a(row) <= b(row) ? 1 : 0,
                ">=" => row => a(row) >= b(row) ? 1 : 0,
                "=" => row => a(row) == b(row) ? 1 : 0,
                "<" => row => a(row) < b(row) ? 1 : 0,
                ">" => row => a(row) > b(row) ? 1 : 0,
                _ => row => a(row) is var x && b(row) is var y && !double.IsNaN(x) && !double.IsNaN(y) && x != y ? 1 : 0,
            };
        }

        return left;
    }

    private Func<double[], double> Sum()
    {
        var left = Product();
        while (true)
        {
            var a = left;
            if (Sign("+")) { var b = Product(); left = row => a(row) + b(row); }
            else if (Sign("-")) { var b = Product(); left = row => a(row) - b(row); }
            else return left;
        }
    }

    private Func<double[], double> Product()
    {
        var left = Atom();
        while (true)
        {
            var a = left;
            if (Sign("*")) { var b = Atom(); left = row => a(row) * b(row); }
            else if (Sign("/")) { var b = Atom(); left = row => b(row) is var y && y == 0 ? double.NaN : a(row) / b(row); }
            else if (Sign("%")) { var b = Atom(); left = row => b(row) is var y && y == 0 ? double.NaN : a(row) % b(row); }
            else return left;
        }
    }

    private Func<double[], double> Atom()
    {
        if (++depth > DepthMax) throw Wrong($"it is nested more than {DepthMax} deep; split it into derived inputs");
        try
        {
            if (Sign("-")) { var inner = Atom(); return row => -inner(row); }
            if (Sign("(")) { var inner = Or(); Need(")"); return inner; }
            Skip();
            var start = at;
            if (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
                return double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? _ => number : throw Wrong("this is no number; write 12.5");
            }

            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.' or '[' or ']')) at++;
            if (at == start) throw Wrong("a number, a column or a bracket is expected here");
            var name = text[start..at];
            if (Sign("(")) return Call(name);
            var column = place(name);
            if (column < 0) throw Wrong($"there is no column '{name}'; name one of the file or of the derived inputs above");
            names.Add(name);
            return row => row[column];
        }
        finally
        {
            depth--;
        }
    }

    private Func<double[], double> Call(string name)
    {
        var list = new List<Func<double[], double>>();
        do list.Add(Or());
        while (Sign(","));
        Need(")");
        var all = list.ToArray();
        var one = all[0];
        IEnumerable<double> Known(double[] row) => all.Select(argument => argument(row)).Where(value => !double.IsNaN(value));
        return (name, all.Length) switch
        {
            ("min", _) => row => Known(row).DefaultIfEmpty(double.NaN).Min(),
            ("max", _) => row => Known(row).DefaultIfEmpty(double.NaN).Max(),
            ("sum", _) => row => Known(row).DefaultIfEmpty(double.NaN).Sum(),
            ("mean", _) => row => Known(row).DefaultIfEmpty(double.NaN).Average(),
            ("std", _) => row => Deviation([.. Known(row)]),
            ("abs", 1) => row => Math.Abs(one(row)),
            ("log", 1) => row => one(row) is var x && double.IsNaN(x) ? x : Math.CopySign(Math.Log(1 + Math.Abs(x)), x),
            ("missing", 1) => row => double.IsNaN(one(row)) ? 1 : 0,
            ("if", 3) => row => one(row) == 1 ? all[1](row) : all[2](row),
            _ => throw Wrong($"'{name}' with {all.Length} arguments is no function; use min, max, sum, mean, std, abs, log, missing, if"),
        };
    }

    private static double Deviation(double[] values)
    {
        if (values.Length == 0) return double.NaN;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Length);
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private bool Sign(string sign)
    {
        Skip();
        if (string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0) return false;
        at += sign.Length;
        return true;
    }

    private bool Word(string word)
    {
        Skip();
        var end = at + word.Length;
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0 || end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) return false;
        at = end;
        return true;
    }

    private void Need(string sign)
    {
        if (!Sign(sign)) throw Wrong($"'{sign}' is expected here");
    }

    private ModelFault Wrong(string why) => new("BadFormula", $"formula '{text}', character {at + 1}: {why}");
}
