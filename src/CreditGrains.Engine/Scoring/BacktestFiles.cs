using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Scoring;

/// <summary>What a backtest tests.</summary>
/// <param name="Policy">The policy's file.</param>
/// <param name="Decision">Its decision that decides.</param>
/// <param name="Model">The file of the model that scores; null leaves the models that acted then.</param>
/// <param name="Reasons">Reason texts of the model; null for none.</param>
internal sealed record BacktestFiles(byte[] Policy, string Decision, byte[]? Model = null, byte[]? Reasons = null)
{
    /// <summary>The files of registered versions.</summary>
    /// <param name="versions">Those of the legal entity.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="model">The model; null for none.</param>
    /// <param name="read">Reads a file; null when it is not there whole.</param>
    /// <exception cref="InvalidDataException">A version is not registered, or its file is not there.</exception>
    public static async Task<BacktestFiles> OfAsync(IReadOnlyList<VersionView> versions, VersionName policy, VersionName? model, Func<ContentHash, ValueTask<byte[]?>> read)
    {
        var tested = versions.FirstOrDefault(one => one.IsPolicy && one.Name == policy) ?? throw new InvalidDataException($"there is no policy {policy}; register it first");
        var scoring = model is null ? null : versions.FirstOrDefault(one => !one.IsPolicy && one.Name == model) ?? throw new InvalidDataException($"there is no model {model}; register it first");
        async ValueTask<byte[]> ReadAsync(ContentHash hash) => await read(hash) ?? throw new InvalidDataException($"the file {hash} is not there whole; register the version again");
        return new BacktestFiles(
            await ReadAsync(tested.Content), tested.Detail,
            scoring is null ? null : await ReadAsync(scoring.Content),
            scoring is null || scoring.Reasons == default ? null : await ReadAsync(scoring.Reasons));
    }
}
