using System.Text.Json;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Files;
using CreditGrains.Orleans.Wire;

namespace CreditGrains.Orleans.Alerts;

/// <summary>
/// Keeps which alerts of shared figures stand, beside the register's snapshots: sums have no journal from which the next activation could learn that one between its two levels was raised. Calls block.
/// </summary>
internal sealed class StandingFile(IFileStore files)
{
    private const string Name = "alerts.json";
    private const string NextName = "alerts.next";

    /// <summary>Keeps a report's list in place of the one before.</summary>
    /// <exception cref="StoreException">The store refused, or another activation has taken over; the list before is kept.</exception>
    public void Write(AlertReport report)
    {
        if (files.Exists(NextName)) files.Delete(NextName);
        using (var file = files.Open(NextName, create: true))
        {
            file.Write(0, ViewWire.Write(report).Bytes);
            file.Sync();
        }
        files.Rename(NextName, Name);
        files.SyncDirectory();
    }

    /// <summary>What stood; nothing when nothing was kept, or it cannot be read.</summary>
    /// <param name="tell">Told when it cannot be read.</param>
    /// <exception cref="StoreException">The store refused.</exception>
    public IReadOnlyList<RaisedAlert> Read(Action<string> tell)
    {
        if (!files.Exists(Name)) return [];
        using var file = files.Open(Name, create: false);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        try
        {
            return ViewWire.Read<AlertReport>(new Payload(bytes)) is { Standing: { } standing } report ? [.. standing.Select(report.AlertOf)] : [];
        }
        catch (JsonException damaged)
        {
            tell($"the alerts of shared nodes that were kept cannot be read, so those between their two levels are not known: {damaged.Message}");
            return [];
        }
    }
}
