using System.Collections.Frozen;

namespace CreditGrains.Engine.Scoring;

/// <summary>What the engine itself knows of a request and its facility, by the names under which models and policies ask for it. Amounts are in major units of the facility's currency.</summary>
internal enum StateInput
{
    Amount,
    AmountMin,
    Limit,
    Exposure,
    Headroom,
    Utilisation,
    UtilisationAfter,
    Principal,
    Interest,
    Fees,
    Held,
    Credit,
    Uncleared,
    WrittenOff,
    OpenItems,
    Channel,
    MerchantCategory,
    Scenario,
    Hour,
    Weekday,

    // For policies alone.
    Currency,
    Request,
    Score,
    Probability,
    Scored,
    Model,
}

/// <summary>Finds where an input comes from: the state, a feature, or the request's attributes.</summary>
internal static class InputBook
{
    /// <summary>Sources from here on are attributes of the request, by their place in the plan's list.</summary>
    public const int Attributes = 1_000;

    /// <summary>Sources from here on are features, by their place in the vector.</summary>
    public const int Features = 1_000_000;

    private static readonly FrozenDictionary<string, StateInput> Names = Enum.GetValues<StateInput>()
        .ToFrozenDictionary(input => char.ToLowerInvariant(input.ToString()[0]) + input.ToString()[1..], StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of the engine's own inputs.</summary>
    public static IEnumerable<string> All => Names.Keys;

    /// <summary>The engine's own input of a name, whatever its case and blanks ("Utilisation After"); a model asks for numbers of the request and facility only.</summary>
    public static bool TryFind(string name, bool forPolicy, out StateInput input) =>
        Names.TryGetValue(name.Replace(" ", "", StringComparison.Ordinal), out input) && (forPolicy || input < StateInput.Currency);
}
