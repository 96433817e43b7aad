using System.Globalization;
using System.Text.Json;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Cli.Cashflows;

/// <summary>Writes tables as CSV or as one JSON object a period, in the unit the loans were read in.</summary>
internal sealed class CashflowOutput(TextWriter output, CashflowPool pool, ProjectionConventions conventions, bool isJson)
{
    private static readonly CashflowColumn[] Columns = Enum.GetValues<CashflowColumn>();
    private readonly double units = pool.IsMajor ? Math.Pow(10, pool.Currency.MinorUnitDigits) : 1;

    public void Write(IReadOnlyList<CashflowPart> parts)
    {
        var names = Columns.Select(column => JsonNamingPolicy.SnakeCaseLower.ConvertName(column.ToString())).ToArray();
        if (!isJson) output.WriteLine($"scenario,segment,loan,period,date,{string.Join(',', names)}");
        foreach (var part in parts)
        {
            for (var period = 1; period <= LastOf(part.Table); period++)
                if (isJson) WriteJson(part, period, names);
                else WriteCsv(part, period);
            if (isJson) output.WriteLine(JsonSerializer.Serialize(SummaryOf(part)));
        }

        output.Flush();
    }

    /// <summary>One line for people.</summary>
    public FormattableString Summary(CashflowPart part)
    {
        var table = part.Table;
        return $"{part.Scenario}: {LastOf(table)} periods, {pool.Currency}: principal {Money(PrincipalOf(table))}, net interest {Money(InterestOf(table))}, defaulted {Money(table.Total(CashflowColumn.Defaulted))}, recovered {Money(table.Total(CashflowColumn.Recovery))}, lost {Money(table.Total(CashflowColumn.Loss))}, average life {table.AverageLifeYears():F4} years";
    }

    /// <summary>The last period in which an amount is printed as more than nothing: a recovery lag without a default to recover from leaves empty ones.</summary>
    private int LastOf(CashflowTable table)
    {
        var last = table.Periods;
        while (last > 0 && Columns.All(column => Round(table[column][last - 1]) == 0)) last--;
        return last;
    }

    private static double PrincipalOf(CashflowTable table) => Enumerable.Range(1, table.Periods).Sum(table.Principal);

    private static double InterestOf(CashflowTable table) => Enumerable.Range(1, table.Periods).Sum(table.NetInterest);

    private Dictionary<string, object?> SummaryOf(CashflowPart part) => new()
    {
        ["summary"] = part.Scenario,
        ["segment"] = part.Segment,
        ["loan"] = part.Id,
        ["periods"] = LastOf(part.Table),
        ["principal"] = Round(PrincipalOf(part.Table)),
        ["net_interest"] = Round(InterestOf(part.Table)),
        ["defaulted"] = Round(part.Table.Total(CashflowColumn.Defaulted)),
        ["recovered"] = Round(part.Table.Total(CashflowColumn.Recovery)),
        ["lost"] = Round(part.Table.Total(CashflowColumn.Loss)),
        ["average_life_years"] = part.Table.AverageLifeYears(),
    };

    private void WriteCsv(CashflowPart part, int period)
    {
        output.Write($"{Quoted(part.Scenario)},{part.Segment?.ToString(CultureInfo.InvariantCulture)},{Quoted(part.Id)},{period.ToString(CultureInfo.InvariantCulture)},{DateOf(period)}");
        foreach (var column in Columns)
        {
            output.Write(',');
            output.Write(Amount(part.Table[column][period - 1]));
        }

        output.WriteLine();
    }

    private void WriteJson(CashflowPart part, int period, string[] names)
    {
        var row = new Dictionary<string, object?> { ["scenario"] = part.Scenario, ["segment"] = part.Segment, ["loan"] = part.Id, ["period"] = period, ["date"] = DateOf(period) };
        for (var i = 0; i < Columns.Length; i++) row[names[i]] = Round(part.Table[Columns[i]][period - 1]);
        output.WriteLine(JsonSerializer.Serialize(row));
    }

    private string DateOf(int period) => pool.Calendar.EndOf(period)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private int Digits => (pool.IsMajor ? pool.Currency.MinorUnitDigits : 0) + (conventions.Rounding == AmountRounding.None ? 6 : 0);

    private decimal Round(double minorUnits) => Math.Round((decimal)(minorUnits / units), Digits);

    private string Amount(double minorUnits) => (Round(minorUnits) == 0 ? 0 : minorUnits / units).ToString("F" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private string Money(double minorUnits) => (minorUnits / Math.Pow(10, pool.Currency.MinorUnitDigits)).ToString("N" + pool.Currency.MinorUnitDigits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
