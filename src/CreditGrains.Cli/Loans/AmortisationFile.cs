using CreditGrains.Domain.Loans;

namespace CreditGrains.Cli.Loans;

/// <summary>Reads the schedule kind of a loan file.</summary>
internal static class AmortisationFile
{
    private static readonly Dictionary<string, Func<JsonAt, Amounts, Amortisation>> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["level"] = (at, _) => Plain(at, new Amortisation.Level()),
        ["equalPrincipal"] = (at, _) => Plain(at, new Amortisation.EqualPrincipal()),
        ["bullet"] = (at, _) => Plain(at, new Amortisation.Bullet()),
        ["interestOnlyThenLevel"] = (at, _) => new Amortisation.InterestOnlyThenLevel(at.Only("kind", "interestOnly").Need("interestOnly").Count()),
        ["balloon"] = (at, amounts) => new Amortisation.Balloon(amounts.Read(at.Only("kind", "final").Need("final"))),
        ["stepped"] = (at, _) => new Amortisation.Stepped([.. at.Only("kind", "steps").Need("steps").Items().Select(Step)]),
        ["custom"] = (at, amounts) => new Amortisation.Custom([.. at.Only("kind", "instalments").Need("instalments").Items().Select(one => Instalment(one, amounts))]),
        ["seasonal"] = Seasonal,
    };

    public static Amortisation Read(JsonAt at, Amounts amounts)
    {
        if (!at.IsObject) throw at.Bad("must be an object with a kind");
        return at.Need("kind").Word(Kinds)(at, amounts);
    }

    private static Amortisation Plain(JsonAt at, Amortisation kind)
    {
        at.Only("kind");
        return kind;
    }

    private static InstalmentStep Step(JsonAt at)
    {
        at.Only("from", "ppm");
        return new InstalmentStep(at.Need("from").Count(), at.Need("ppm").Whole());
    }

    private static CustomInstalment Instalment(JsonAt at, Amounts amounts)
    {
        at.Only("due", "principal", "total");
        var due = at.Need("due").Date();
        return (at.Maybe("principal"), at.Maybe("total")) switch
        {
            ({ } principal, null) => new CustomInstalment(due, amounts.Read(principal), CustomAmount.Principal),
            (null, { } total) => new CustomInstalment(due, amounts.Read(total), CustomAmount.Total),
            _ => throw at.Bad("must have either principal or total"),
        };
    }

    private static Amortisation.Seasonal Seasonal(JsonAt at, Amounts amounts)
    {
        at.Only("kind", "cash", "leanBelow", "sharePpm");
        return new Amortisation.Seasonal(new CashProfile(
            [.. at.Need("cash").Items().Select(amounts.Read)],
            at.Maybe("leanBelow") is { } lean ? amounts.Read(lean) : null,
            at.Maybe("sharePpm")?.Whole() ?? CashProfile.WholePpm));
    }
}
