using System.Reflection;

namespace CreditGrains.Simulation.Harness;

/// <summary>A seed broke a promise. Says which seed and commit, what happened last, and how to run it again.</summary>
internal sealed class SimulationFailedException(ulong seed, int turn, Chronicle chronicle, Exception failure)
    : Exception(Text(seed, turn, chronicle, failure), failure)
{
    private static string Text(ulong seed, int turn, Chronicle chronicle, Exception failure) => $"""
        seed {seed} at turn {turn}, commit {Commit()}
        {failure.GetType().Name}: {failure.Message}
        last turns:
        {chronicle}
        again: CREDITGRAINS_SEED={seed} dotnet test tests/CreditGrains.Simulation -c Release --filter FullyQualifiedName~SimulationTest
        """;

    // The build stamps the commit behind the plus sign.
    private static string Commit() =>
        typeof(Simulation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+').LastOrDefault() ?? "unknown";
}
