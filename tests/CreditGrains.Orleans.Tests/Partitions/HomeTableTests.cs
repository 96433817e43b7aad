using CreditGrains.Domain.Limits;
using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Tests.Partitions;

/// <summary>Where facilities live, in memory and as rows of the database.</summary>
public sealed class HomeTableTests
{
    private static NodeKey Key(long id, ushort tenant = 1, ushort entity = 1) => NodeKey.Facility(tenant, entity, id);

    [Fact]
    public void Find_OfManyFacilities_GivesEachItsHomeAndOthersNone()
    {
        var homes = new HomeTable();
        for (var id = 1; id <= 20_000; id++) homes.Note(Key(id, (ushort)(1 + id % 3)), 1 + id % 192, isStored: id % 2 == 0);
        Assert.Equal(20_000, homes.Count);
        for (var id = 1; id <= 20_000; id++)
        {
            Assert.Equal(1 + id % 192, homes.Find(Key(id, (ushort)(1 + id % 3))));
            Assert.Equal(id % 2 == 0, homes.IsStored(Key(id, (ushort)(1 + id % 3))));
            Assert.Equal(0, homes.Find(Key(id, (ushort)(1 + (id + 1) % 3))));
            Assert.Equal(0, homes.Find(Key(id, (ushort)(1 + id % 3), entity: 2)));
        }
    }

    [Fact]
    public void Note_OfTheSameFacility_ReplacesItsHome()
    {
        var homes = new HomeTable();
        homes.Note(Key(7), 3);
        homes.Note(Key(7), 4, isStored: true);
        Assert.Equal((1, 4, true), (homes.Count, homes.Find(Key(7)), homes.IsStored(Key(7))));
        homes.Clear();
        Assert.Equal((0, 0, false), (homes.Count, homes.Find(Key(7)), homes.IsStored(Key(7))));
    }

    [Fact]
    public void Records_ReadBack_AreWhatWasWritten()
    {
        NodeKey[] keys = [Key(1), Key(long.MaxValue, ushort.MaxValue, ushort.MaxValue), Key(3)];
        int[] at = [4096, 1, 17];
        var homes = new HomeTable();
        SignpostRecords.Read(SignpostRecords.Write(keys, at, [0, 1]), homes);
        Assert.Equal((2, 4096, 1, 0), (homes.Count, homes.Find(keys[0]), homes.Find(keys[1]), homes.Find(keys[2])));
        Assert.True(homes.IsStored(keys[1]));
        Assert.Throws<InvalidDataException>(() => SignpostRecords.Read(new byte[21], homes));
    }

    [Fact]
    public void Settle_OfAHomeThatWasNotStored_WritesItAgainAndLetsNobodyChangeIt()
    {
        var signposts = new Signposts(new HomeTable(), partition: 9);
        NodeKey[] keys = [Key(1), Key(2), Key(3)];
        int[] first = [4, 5, 6];
        // Facility 3 lives here already: whoever asks comes here.
        Assert.Equal([0, 1], signposts.Settle(keys, first, key => key.Id == 3));
        Assert.Equal([4, 5, 9], first);
        int[] second = [7, 7, 7];
        Assert.Equal([0, 1], signposts.Settle(keys, second, key => key.Id == 3));
        Assert.Equal([4, 5, 9], second);
        signposts.NoteStored(keys, second, [0]);
        Assert.Equal([1], signposts.Settle(keys, second, key => key.Id == 3));
    }
}
