using System.CommandLine;
using System.Globalization;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Securitisation.Files;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Cli.Deals;

/// <summary>How tranches are priced: a file, and options that stand before it.</summary>
internal sealed class PricingInputs
{
    private readonly Option<string?> file = new("--pricing") { Description = "Settlement, quotes, curve and conventions, JSON (docs/deals.md, Measures)", HelpName = "FILE" };
    private readonly Option<string[]> prices = new("--price") { Description = "Price of 100 without accrued interest; without any quote a tranche is at par", HelpName = "TRANCHE=NUMBER" };
    private readonly Option<string[]> yields = new("--yield") { Description = "Nominal yearly yield, 0.05 is 5 %", HelpName = "TRANCHE=RATE" };
    private readonly Option<string?> settlement = new("--settlement") { Description = "Day of purchase, yyyy-MM-dd; without it the cut-off", HelpName = "DATE" };
    private readonly Option<int?> compounding = new("--compounding") { Description = "Times a year that yields compound, 2 is bond-equivalent; without it with the payments", HelpName = "NUMBER" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[file, prices, yields, settlement, compounding]) command.Add(option);
    }

    /// <exception cref="CommandFault">The file or an option cannot be read as meant.</exception>
    public async Task<PricingTerms> ReadAsync(ParseResult parse, DateOnly? cutOff, CancellationToken cancellationToken)
    {
        DateOnly? bought = parse.GetValue(settlement) is { } day ? DateOf(day) : null;
        var terms = parse.GetValue(file) is { } path ? await CashflowInputs.ReadAsync(path, json => PricingFile.Parse(json, cutOff, bought), cancellationToken) : new PricingTerms { Settlement = bought };
        var quotes = terms.Quotes.ToBuilder();
        foreach (var text in parse.GetValue(prices) ?? []) Put("--price", text, number => new Quote.AtPrice(number / 100));
        foreach (var text in parse.GetValue(yields) ?? []) Put("--yield", text, number => new Quote.AtYield(number));
        return terms with
        {
            Quotes = quotes.ToImmutable(),
            CompoundingPerYear = parse.GetValue(compounding) ?? terms.CompoundingPerYear,
        };

        void Put(string option, string text, Func<double, Quote> quote)
        {
            var at = text.LastIndexOf('=');
            if (at < 1 || !double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) throw CommandFault.Usage("Usage", $"{option} '{text}' is no quote; write the tranche, = and a number, such as A1=99.5");
            quotes[text[..at]] = quote(number);
        }
    }

    private static DateOnly DateOf(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date
        : throw CommandFault.Usage("BadDate", $"--settlement '{text}' is no date; write it as 2026-03-31");
}
