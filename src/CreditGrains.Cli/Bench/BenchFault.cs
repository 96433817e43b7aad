namespace CreditGrains.Cli.Bench;

/// <summary>A measurement cannot be made, for a reason the user can mend; the message is one sentence that says how.</summary>
internal sealed class BenchFault(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable English name, such as "OtherPopulation".</summary>
    public string Name { get; init; } = "LoadTest";
}
