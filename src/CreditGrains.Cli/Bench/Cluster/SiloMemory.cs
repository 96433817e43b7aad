using System.Globalization;
using System.Net.Http.Json;

namespace CreditGrains.Cli.Bench.Cluster;

/// <summary>What a silo says of its memory (GET /memory).</summary>
/// <param name="NowMicros">When.</param>
/// <param name="HeapBytes">The collector's heap.</param>
/// <param name="Collections">Collections of each generation.</param>
/// <param name="Pauses">Pauses since the moment asked for.</param>
internal sealed record SiloMemory(long NowMicros, long HeapBytes, int[] Collections, SiloPauses Pauses)
{
    /// <summary>Asks a silo.</summary>
    public static async Task<SiloMemory> ReadAsync(HttpClient client, Uri silo, long sinceMicros) =>
        await client.GetFromJsonAsync<SiloMemory>(new Uri(silo, string.Create(CultureInfo.InvariantCulture, $"/memory?since={sinceMicros}")))
        ?? throw new BenchFault($"{silo} reports no memory; use a silo of this version");
}

/// <summary>Pauses of a silo's collector.</summary>
/// <param name="Count">How many.</param>
/// <param name="LongestMillis">The longest.</param>
/// <param name="TotalMillis">All together.</param>
/// <param name="LongestGeneration">What was collected in the longest; −1 when it only began or ended a concurrent collection.</param>
/// <param name="LongestStoppingMillis">Of the longest, until all threads stood.</param>
internal sealed record SiloPauses(int Count, double LongestMillis, double TotalMillis, int LongestGeneration, double LongestStoppingMillis);
