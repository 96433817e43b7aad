using CreditGrains.Domain.Commands;
using CreditGrains.Engine.Snapshots;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Snapshots;

/// <summary>A manifest that is not what was written refuses to start by name, and what its message says helps.</summary>
public sealed class DamagedManifestTest : RulesTest
{
    private const string Manifest = "manifest.cgm";

    [Fact]
    public void Opening_BesideADamagedManifest_IsRefusedUntilItIsDeleted()
    {
        World.WithOneLine();
        World.Hold(100);
        World.Snapshot();
        World.Do(CommandKind.PostFee, 7);
        var (digest, sequence) = (World.Digest, World.LastSequence);
        World.Disk.FlipBit(Manifest, 9, 3);

        var refusal = Assert.Throws<SnapshotDamagedException>(World.Reopen);
        Assert.Equal(Manifest, refusal.Name);
        Assert.Contains("delete it: the whole journal is replayed", refusal.Message, StringComparison.Ordinal);

        World.Disk.Delete(Manifest);
        World.Reopen();
        Assert.Equal((digest, sequence), (World.Digest, World.LastSequence));
        Assert.Equal(Balances(fees: 7, held: 100), World.Balances());
    }
}
