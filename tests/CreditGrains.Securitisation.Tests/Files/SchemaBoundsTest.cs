using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Securitisation.Tests.Files;

/// <summary>
/// The published schemas and the readers agree on the range of every number: each number of a file that has them all is set to values at, beside and far from every bound, and both must take it or both
/// refuse it. Where a range depends on another field, which a schema cannot say, the reader may refuse more; those fields are named. Scenarios and conventions are described in docs/cashflows.md alone.
/// </summary>
public sealed class SchemaBoundsTest
{
    private static readonly string[] Far =
        ["-1000000", "-1", "-0.999999", "-0.5", "0", "0.5", "0.999999", "1", "1.5", "2", "20", "49.5", "50", "1000000", "1000000000000000", "1000000000000001"];

    private const string Steps = """
        "waterfalls": { "amortising": [{ "do": "payInterest", "to": "A", "from": "income" }] }
        """;

    private const string Lines = """
        { "balance": 1000000, "rate": 0.06, "servicingFee": 0, "remainingMonths": 24, "ageMonths": 1, "segment": 0, "missedInstalments": 0 },
        { "balance": 1000000, "rates": [0.06, 0.05], "remainingMonths": 24, "floating": { "index": "LPR", "spread": 0.01, "resetMonths": 3, "firstResetMonths": 1, "floor": 0, "cap": 0.2 } },
        { "balance": 1000000, "rate": 0.06, "remainingMonths": 2, "amortisation": { "parts": [0.5, 0.5] } },
        { "balance": 1000000, "rate": 0.06, "remainingMonths": 24, "amortisation": { "interestOnlyMonths": 5 } },
        { "balance": 1000000, "rate": 0.06, "remainingMonths": 24, "amortisation": { "amortisationMonths": 36 } }
        """;

    private const string Months = """{ "opening": 100, "added": 0, "scheduled": 100, "prepaid": 0, "interest": 0, "recovered": 0, "advancedPrincipal": 0, "advancedInterest": 0, "defaulted": 0, "loss": 0, "closing": 0, "delinquent": 0, "purchased": 0 }""";

    private const string One = $$"""
        { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{{Lines}}] }, "actuals": [{{Months}}],
          "originalPool": 1, "defaultedBefore": 0, "lostBefore": 0, "defaultedStock": 0, "periodsBefore": 0, "incomeBalance": 0, "principalBalance": 0,
          "dates": { "monthsPerPayment": 1, "paymentDelayDays": 0, "determinationDaysBefore": 0 },
          "fees": [{ "name": "fixed", "amount": 1, "capPerPayment": 1, "capPerYear": 1, "unpaid": 0, "paidThisYear": 0 }, { "name": "part", "on": "poolBalance", "rate": 0.01, "capOfPool": 0.01 }],
          "reserves": [{ "name": "cash", "balance": 0, "fixed": 0, "ofPool": 0, "ofOriginalPool": 0, "ofTranches": 0, "floor": 0, "cap": 1000000000000000 }],
          "facilities": [{ "name": "bank", "limit": 1000000000000000, "rate": 0, "drawn": 0 }],
          "swaps": [{ "name": "swap", "pays": 0.02, "receivesIndex": "LPR", "receivesSpread": 0, "notional": [1], "unpaid": 0 }],
          "tranches": [
            { "name": "A", "balance": 1000000000000000, "coupon": 0.01, "interestUnpaid": 0, "deficiency": 0, "legalFinalPeriod": 1 },
            { "name": "B", "balance": 1, "coupon": { "index": "LPR", "spread": 0, "floor": -0.999999, "cap": 0.999999, "stepUpFromPeriod": 1, "stepUp": 0 } },
            { "name": "C", "balance": 1, "coupon": { "rate": 0 } },
            { "name": "P", "kind": "plannedAmortisation", "balance": 1, "schedule": [1] }],
          "triggers": [
            { "name": "1", "kind": "cumulativeDefault", "level": 0.1, "cureAfter": 0, "passedInARow": 0 }, { "name": "2", "kind": "cumulativeLoss", "level": [0.1] }, { "name": "3", "kind": "delinquency", "level": 0.1 },
            { "name": "4", "kind": "poolFactor", "level": 0.1 }, { "name": "5", "kind": "overcollateralisation", "level": 1, "tranches": "A" }, { "name": "6", "kind": "interestCoverage", "level": [1], "tranches": "A" },
            { "name": "7", "kind": "unpaidInterest", "level": 0, "tranches": "A" }, { "name": "8", "kind": "unpaidPrincipal", "level": 0, "tranches": "A" }],
          "indices": { "LPR": 0.03, "S": [0.01, 0.02], "D": [{ "from": "2026-01-01", "rate": 0.01 }] },
          "revolvingPeriods": 0, "purchase": { "likeLine": 0, "remainingMonths": 24, "price": 1 }, "cleanUpCall": { "poolFactorBelow": 0.1, "price": 1 }, {{Steps}} }
        """;

    /// <summary>Bands go without actuals and periods before.</summary>
    private const string Planned = $$"""
        { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "lines": [{{Lines}}] }, "indices": { "LPR": 0.03 },
          "tranches": [{ "name": "A", "balance": 1, "coupon": 0.01 }, { "name": "Q", "kind": "plannedAmortisation", "balance": 1, "psaBands": [100, 300] }], {{Steps}} }
        """;

    private const string Several = $$"""
        { "collateral": { "currency": "EUR", "cutOff": "2026-01-31", "pools": [{ "name": "one", "lines": [{ "balance": 1, "rate": 0, "remainingMonths": 1 }], "actuals": [{{Months}}], "originalBalance": 1, "defaultedBefore": 0, "lostBefore": 0, "defaultedStock": 0 }] },
          "tranches": [{ "name": "A", "balance": 1 }], {{Steps}} }
        """;

    private const string Pool = """
        { "name": "p", "currency": "EUR", "cutOff": "2026-01-31", "periodEndDay": 0, "default": { "daysPastDue": 90 }, "buckets": [0, 30], "termBands": [12], "rateBands": [0.05],
          "eligibility": [
            { "name": "1", "field": "principal", "min": 0 }, { "name": "2", "field": "rate", "min": 0 }, { "name": "3", "field": "rate", "max": 0.5 }, { "name": "4", "field": "rate", "anyOf": [0.5], "noneOf": [0.4] },
            { "name": "5", "field": "region", "anyOf": [1] }],
          "concentrations": [{ "name": "6", "by": "region", "max": 0.5, "base": 0 }],
          "triggers": [{ "name": "7", "measure": "delinquency", "level": 0.1, "fromDays": 31, "months": 1 }] }
        """;

    /// <summary>Fields whose range depends on others: on what is refused here the schema is not asked, on what the schema refuses the reader must too.</summary>
    private static readonly (string Ends, string Why)[] Related =
    [
        ("servicingFee", "at most the rate"), ("/rate", "a servicing fee at most; the first of rates"), ("rates/0", "stands for rate"), ("parts/0", "they add up to 1"), ("parts/1", "they add up to 1"),
        ("interestOnlyMonths", "below the term"), ("amortisationMonths", "at least the term"), ("remainingMonths", "within the plan"), ("floor", "at most the cap"), ("cap", "at least the floor"),
        ("opening", "the month adds up"), ("closing", "the month adds up"), ("added", "the month adds up"), ("scheduled", "the month adds up"), ("prepaid", "the month adds up"), ("defaulted", "the month adds up"),
        ("deficiency", "at most the balance"), ("tranches/0/balance", "at least the deficiency"), ("limit", "at least what is drawn"), ("drawn", "at most the limit"), ("psaBands/0", "rising"), ("psaBands/1", "rising"),
        ("paidThisYear", "0 where a year begins"), ("stepUp", "0 without a first period"), ("stepUpFromPeriod", "1 with a step-up"), ("likeLine", "there is such a line"), ("buckets/0", "0"), ("buckets/1", "rising"), ("fromDays", "first day of a bucket"),
    ];

    public static TheoryData<string> Files => ["one pool", "several pools", "planned", "pool"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Schema_AndReader_TakeTheSameNumbers(string file)
    {
        var (text, name) = file switch { "one pool" => (One, "deal.schema.json"), "several pools" => (Several, "deal.schema.json"), "planned" => (Planned, "deal.schema.json"), _ => (Pool, "pool.schema.json") };
        var schema = JsonSchema.Read(Path.Combine(Docs, name));
        var whole = JsonNode.Parse(text)!;
        Assert.True(schema.Allows(whole), "the schema takes the file as it is");
        Assert.Null(Refusal(file, text));
        var bounds = Bounds(JsonNode.Parse(System.IO.File.ReadAllBytes(Path.Combine(Docs, name)))!).Distinct().ToArray();
        var faults = new List<string>();
        var asked = 0;
        foreach (var path in Numbers(whole, ""))
            foreach (var value in Far.Union(bounds))
            {
                var (changed, isAllowed) = Changed(text, path, value, schema);
                var refusal = Refusal(file, changed);
                asked++;
                if (isAllowed == refusal is null) continue;
                if (isAllowed && (IsRelated(path) || IsFiner(refusal!))) continue;
                faults.Add($"{path} = {value}: the schema {(isAllowed ? "takes" : "refuses")} it, the reader {(refusal is null ? "takes it" : $"says {refusal.Message}")}");
            }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(40)));
        Assert.True(asked > 400, "every number is tried");
    }

    /// <summary>A number beyond its range is refused at its place.</summary>
    [Theory]
    [InlineData("\"pays\": 0.02", "\"pays\": 2", "swaps[0].pays")]
    [InlineData("\"receivesSpread\": 0", "\"receivesSpread\": 1", "swaps[0].receivesSpread")]
    [InlineData("\"LPR\": 0.03", "\"LPR\": 3", "indices.LPR")]
    [InlineData("\"S\": [0.01, 0.02]", "\"S\": [0.01, 2]", "indices.S[1]")]
    [InlineData("\"2026-01-01\", \"rate\": 0.01", "\"2026-01-01\", \"rate\": 1", "indices.D[0].rate")]
    [InlineData("\"cap\": 0.999999", "\"cap\": 5", "tranches[1].coupon.cap")]
    [InlineData("\"psaBands\": [100, 300]", "\"psaBands\": [0.9, 300]", "tranches[1].psaBands[0]")]
    [InlineData("\"rates\": [0.06, 0.05]", "\"rates\": [0.06, 20]", "collateral.lines[1].rates[1]")]
    [InlineData("\"originalPool\": 1", "\"originalPool\": -1", "originalPool")]
    [InlineData("\"ofPool\": 0,", "\"ofPool\": 1.5,", "reserves[0].ofPool")]
    public void Number_BeyondItsRange_IsRefusedAtItsPlace(string good, string bad, string path)
    {
        var whole = One.Contains(good, StringComparison.Ordinal) ? One : Planned;
        Assert.Contains(good, whole, StringComparison.Ordinal);
        Assert.Equal(path, Assert.IsType<InvalidInputException>(Refusal("one pool", whole.Replace(good, bad, StringComparison.Ordinal))).Path);
    }

    private static string Docs
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(root!.FullName, "CreditGrains.sln"))) root = root.Parent;
            return Path.Combine(root.FullName, "docs");
        }
    }

    private static InvalidInputException? Refusal(string file, string json)
    {
        try
        {
            if (file == "pool") PoolFile.Parse(Encoding.UTF8.GetBytes(json));
            else DealFile.Parse(Encoding.UTF8.GetBytes(json));
            return null;
        }
        catch (InvalidInputException fault)
        {
            return fault;
        }
    }

    private static bool IsRelated(string path) => Related.Any(one => path.EndsWith(one.Ends, StringComparison.Ordinal));

    /// <summary>Fractions of a minor unit, and whole numbers beyond 2^31, are refused by what a number is and not by its range.</summary>
    private static bool IsFiner(InvalidInputException fault) => fault.Fault.Contains("more digits than the currency", StringComparison.Ordinal) || fault.Fault.Contains("a whole number belongs here", StringComparison.Ordinal);

    private static (string Json, bool IsAllowed) Changed(string text, string path, string value, JsonSchema schema)
    {
        var whole = JsonNode.Parse(text)!;
        JsonNode at = whole;
        var parts = path.Split('/').Skip(1).ToArray();
        JsonNode Next(JsonNode from, string part) => from is JsonArray all ? all[int.Parse(part, CultureInfo.InvariantCulture)]! : from[part]!;
        foreach (var part in parts.SkipLast(1)) at = Next(at, part);
        if (at is JsonArray array) array[int.Parse(parts[^1], CultureInfo.InvariantCulture)] = JsonNode.Parse(value);
        else at[parts[^1]] = JsonNode.Parse(value);
        return (whole.ToJsonString(), schema.Allows(whole));
    }

    /// <summary>Where a file has numbers.</summary>
    private static IEnumerable<string> Numbers(JsonNode? node, string path) => node switch
    {
        JsonObject whole => whole.SelectMany(one => Numbers(one.Value, $"{path}/{one.Key}")),
        JsonArray all => all.SelectMany((one, i) => Numbers(one, $"{path}/{i.ToString(CultureInfo.InvariantCulture)}")),
        _ => node?.GetValueKind() == JsonValueKind.Number ? [path] : [],
    };

    /// <summary>Every bound a schema has, with what is just below and above it.</summary>
    private static IEnumerable<string> Bounds(JsonNode? node)
    {
        if (node is JsonArray all) return all.SelectMany(Bounds);
        if (node is not JsonObject whole) return [];
        return whole.SelectMany(one => one.Key is "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" ? Around(one.Value!.ToJsonString()) : Bounds(one.Value));
    }

    private static IEnumerable<string> Around(string bound)
    {
        var number = decimal.Parse(bound, NumberStyles.Float, CultureInfo.InvariantCulture);
        // A double has no digits left for a millionth there.
        var step = Math.Abs(number) > 1e9m ? 1 : 0.000001m;
        return ((decimal[])[number - step, number, number + step]).Select(value => value.ToString("0.######", CultureInfo.InvariantCulture));
    }
}
