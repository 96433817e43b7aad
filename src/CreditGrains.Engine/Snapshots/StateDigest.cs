using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Pools;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Snapshots;

/// <summary>
/// A 128-bit digest of the state by a canonical encoding: every row written with ids instead of row numbers, integers only. The rows'
/// hashes are added up, which gives the same whatever order rows lie in, as sorting the encodings by id would. It finds
/// faults, not forgers: those meet the journal's SHA-256 chain.
/// </summary>
internal sealed class StateDigest
{
    private readonly PartitionState state;

    // By table number. Made once: a snapshot has millions of blocks.
    private readonly BlockAction[] encoders;

    // By table number: those of a snapshot under way may no longer be those of the state.
    private int[] rowLengths;

    /// <param name="state">Turns row numbers into keys.</param>
    public StateDigest(PartitionState state)
    {
        this.state = state;
        rowLengths = [.. state.Tables.Select(table => table.RowLengthBytes)];
        encoders = [.. state.Tables.Select(EncoderOf)];
    }

    private delegate void BlockAction(int firstRow, ReadOnlySpan<byte> bytes);

    private delegate void RowAction<T>(in T row, ref EventWriter w);

    /// <summary>The digest of the whole state as it is now.</summary>
    public static UInt128 Of(PartitionState state)
    {
        var digest = new StateDigest(state);
        for (var table = 0; table < state.Tables.Count; table++)
        {
            var rows = state.Tables[table];
            for (var block = 0; block < rows.BlockCount; block++)
            {
                var first = block * rows.RowsPerBlock;
                digest.Add(table, block, rows.ReadRows(first, Math.Min(rows.RowsPerBlock, rows.End - first)));
            }
        }
        digest.AddSmall(SmallStateCodec.Write(state.Small));
        digest.AddPools(PoolRecords.Begin(state.Pools));
        var months = new PoolRecords(state.Pools);
        while (months.TakeNext(1 << 20) is { Length: > 0 } part) digest.AddPools(part);
        if (state.Catalogue is { } catalogue) digest.AddCatalogue(catalogue.Content.Span);
        return digest.Value;
    }

    /// <summary>The digest so far.</summary>
    public UInt128 Value { get; private set; }

    /// <summary>Adds the rows of a block. Row numbers in it are turned into keys by the live tables, whose keys never change.</summary>
    public void Add(int table, int block, ReadOnlySpan<byte> bytes) => encoders[table](block * state.Tables[table].RowsPerBlock, bytes);

    /// <summary>Adds the small state.</summary>
    public void AddSmall(ReadOnlySpan<byte> bytes) => AddHash(bytes);

    /// <summary>Adds records of pools, each by itself: their order does not matter.</summary>
    public void AddPools(ReadOnlyMemory<byte> part)
    {
        foreach (var length in PoolRecords.LengthsOf(part))
        {
            AddHash(part.Span[..length]);
            part = part[length..];
        }
    }

    /// <summary>Sets the lengths of rows, by table number, where they are not those of the state.</summary>
    public void SetRowLengths(IEnumerable<int> lengths) => rowLengths = [.. lengths];

    /// <summary>Adds the catalogue of features.</summary>
    public void AddCatalogue(ReadOnlySpan<byte> content) => AddHash(content);

    private BlockAction EncoderOf(IRowTable table, int number) => table.Name switch
    {
        "facilities" => Each<FacilityRow>(AddFacility),
        "facility-rules" => Each<FacilityRulesRow>(AddFacilityRules),
        "nodes" => Each<NodeRow>(AddNode),
        "links" => Each<LinkRow>(AddLink),
        "paths" => Each<PathRow>(AddPath),
        "open-items" => Each<OpenItemRow>(AddItem),
        "dated-limits" => Each<DatedLimitRow>(AddDatedLimit),
        "sub-limits" => Each<SubLimitRow>(AddSubLimit),
        "velocities" => Each<VelocityRow>(AddVelocity),
        "foreign" => Each<ForeignRow>(AddForeign),
        "loan-products" => Each<LoanProductRow>(AddLoanProduct),
        "loans" => Each<LoanRow>(AddLoan),
        "loan-dues" => Each<LoanDueRow>(AddLoanDue),
        "loan-pages" => Each<LoanPageRow>(AddLoanPage),
        "pool-loans" => Each<PoolLoanRow>(AddPoolLoan),
        "facility-features" => (first, bytes) => AddFeatures(first, bytes, rowLengths[number], row => state.Facilities.Read(row).Key),
        "borrower-features" => (first, bytes) => AddFeatures(first, bytes, rowLengths[number], row => state.Nodes.Read(row).Key),
        "contents" => Each<ContentRow>(AddContent),
        _ => throw new InvalidOperationException($"Table {table.Name} has no canonical encoding."),
    };

    private BlockAction Each<T>(RowAction<T> encode)
        where T : unmanaged => (firstRow, bytes) => Each(firstRow, bytes, encode);

    private void Each<T>(int firstRow, ReadOnlySpan<byte> bytes, RowAction<T> encode)
        where T : unmanaged
    {
        Span<byte> buffer = stackalloc byte[512];
        var rows = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < rows.Length; i++)
        {
            if (firstRow + i == 0) continue;
            var w = new EventWriter(buffer);
            encode(rows[i], ref w);
            if (w.Length > 0) AddHash(buffer[..w.Length]);
        }
    }

    private void AddFacility(in FacilityRow row, ref EventWriter w)
    {
        if (row.Id == 0) return;
        w.Byte(1);
        Key(ref w, row.Key);
        w.UInt16(row.Currency.Numeric);
        w.Byte((byte)row.Status);
        w.Byte((byte)row.Flags);
        w.Signed(row.Limit);
        w.Signed(row.Principal);
        w.Signed(row.Interest);
        w.Signed(row.Fees);
        w.Signed(row.Held);
        w.Signed(row.Released);
        w.Signed(row.Credit);
        w.Signed(row.WrittenOff);
        w.Signed(row.Uncleared);
        w.Signed(row.LastSequence);
        w.UInt16(row.OpenItems);
        w.Byte(row.PathCount);
        Span<byte> buffer = stackalloc byte[64];
        if (row.HadLoansAlone) AddLoansAlone(buffer, row.Key);
        if (!row.PathIsInline) return;
        for (var i = 0; i < row.PathCount; i++) AddPathEntry(buffer, row.Key, new PathEntry(row.Path[i], Share.WholePpm));
    }

    private void AddPath(in PathRow row, ref EventWriter w)
    {
        Span<byte> buffer = stackalloc byte[64];
        for (var i = 0; i < row.Count; i++) AddPathEntry(buffer, state.Facilities.Read(row.Owner).Key, row.Path[i]);
    }

    private void AddPathEntry(Span<byte> buffer, NodeKey facility, PathEntry entry)
    {
        var w = new EventWriter(buffer);
        w.Byte(2);
        Key(ref w, facility);
        Key(ref w, state.Nodes.Read(entry.Node).Key);
        w.Signed(entry.SharePpm);
        AddHash(buffer[..w.Length]);
    }

    private void AddFacilityRules(in FacilityRulesRow row, ref EventWriter w)
    {
        if (row.Owner != 0) AddRules(ref w, state.Facilities.Read(row.Owner).Key, row);
    }

    /// <summary>
    /// Up to layout 6 a facility got a rules row with its first loan and kept it: without one it counts as that row did, so that a state has one digest whichever way it came about, and old journals the digests that stand in them.
    /// </summary>
    private void AddLoansAlone(Span<byte> buffer, NodeKey facility)
    {
        var w = new EventWriter(buffer);
        AddRules(ref w, facility, new FacilityRulesRow { ReviewThreshold = -1 });
        AddHash(buffer[..w.Length]);
    }

    private static void AddRules(ref EventWriter w, NodeKey facility, in FacilityRulesRow row)
    {
        w.Byte(3);
        Key(ref w, facility);
        w.Signed(row.UndrawnFactorPpm);
        w.Signed(row.ReviewThreshold);
        w.Signed(row.NextLimitDueMicros);
    }

    private static void AddNode(in NodeRow row, ref EventWriter w)
    {
        if (row.Id == 0) return;
        w.Byte(4);
        Key(ref w, row.Key);
        w.UInt16(row.Currency.Numeric);
        w.Byte((byte)row.Status);
        w.Byte((byte)row.Measure);
        w.Byte(row.KeepsRepaid ? (byte)1 : (byte)0);
        w.Signed(row.UndrawnFactorPpm);
        w.Signed(row.Limit);
        w.Signed(row.NextLimitDueMicros);
        Wide(ref w, row.OwnSum);
        w.Signed(row.ReviewThreshold);
        w.Signed(row.FacilityCount);
        w.Signed(row.ChildCount);
        w.Byte(row.PathBelowMax);
    }

    private void AddLink(in LinkRow row, ref EventWriter w)
    {
        if (row.Parent == 0) return;
        w.Byte(5);
        Key(ref w, KeyOf(row.Child));
        Key(ref w, state.Nodes.Read(row.Parent).Key);
        w.Signed(row.SharePpm);
    }

    private void AddItem(in OpenItemRow row, ref EventWriter w)
    {
        if (row.Reference == 0) return;
        w.Byte(6);
        Key(ref w, state.Facilities.Read(row.Facility).Key);
        w.Byte((byte)row.Kind);
        w.Byte((byte)row.Channel);
        w.UInt16(row.MerchantCategory);
        w.UInt16(row.Scenario);
        w.Byte((byte)row.RequestKind);
        w.Signed(row.Reference);
        w.Signed(row.Amount);
        w.Signed(row.Remaining);
        w.Signed(row.ExpiresAtSeconds);
    }

    private void AddDatedLimit(in DatedLimitRow row, ref EventWriter w)
    {
        if (row.Owner.Value == 0) return;
        w.Byte(7);
        Key(ref w, KeyOf(row.Owner));
        w.Signed(row.Limit);
        w.Signed(row.FromMicros);
        w.Signed(row.UntilMicros);
        w.Byte(row.IsBase ? (byte)1 : (byte)0);
    }

    private void AddSubLimit(in SubLimitRow row, ref EventWriter w)
    {
        if (row.Owner == 0) return;
        w.Byte(8);
        Key(ref w, state.Facilities.Read(row.Owner).Key);
        w.Byte((byte)row.Channel);
        w.UInt16(row.CategoryFrom);
        w.UInt16(row.CategoryTo);
        w.Signed(row.Limit);
        w.Signed(row.Used);
    }

    private void AddVelocity(in VelocityRow row, ref EventWriter w)
    {
        if (row.Owner.Value == 0) return;
        w.Byte(9);
        Key(ref w, KeyOf(row.Owner));
        w.Signed(row.AmountMax);
        w.Signed(row.CountMax);
        w.Signed(row.Window.WindowSeconds);
        w.Signed(row.Window.UnknownBuckets);
        w.Signed(row.Window.NewestBucket);
        for (var i = 0; i < VelocityWindow.BucketCount; i++)
        {
            w.Signed(row.Window.AmountRing[i]);
            w.Signed(row.Window.CountRing[i]);
        }
    }

    private void AddForeign(in ForeignRow row, ref EventWriter w)
    {
        if (row.Owner == 0) return;
        w.Byte(10);
        Key(ref w, state.Nodes.Read(row.Owner).Key);
        w.UInt16(row.Currency.Numeric);
        Wide(ref w, row.Sum);
    }

    private static void AddLoanProduct(in LoanProductRow row, ref EventWriter w)
    {
        w.Byte(11);
        Hash(ref w, row.Hash);
        w.Signed(row.LengthBytes);
    }

    private void AddLoan(in LoanRow row, ref EventWriter w)
    {
        if (row.Reference == 0) return;
        w.Byte(12);
        Key(ref w, state.Facilities.Read(row.Facility).Key);
        Hash(ref w, state.LoanProducts.Read(row.Product).Hash);
        w.Signed(row.Reference);
        w.Signed(row.Amount);
        w.Signed(row.RateNano);
        w.Signed(row.PrincipalNotDue);
        w.Signed(row.Regular);
        w.Signed(row.Carried);
        w.Signed(row.WakeDay);
        w.Signed(row.Drawdown);
        w.Signed(row.FirstDue);
        w.Signed(row.Vintage);
        w.Signed(row.PeriodStart);
        w.Signed(row.AccruedTo);
        w.Signed(row.AsOf);
        w.Signed(row.NonAccrualSince);
        w.UInt16(row.InstalmentCount);
        w.UInt16(row.NextSlot);
        w.UInt16(row.NextNumber);
        w.UInt16(row.Remaining);
        w.Byte(row.DueDay);
        w.Byte(row.ClassBest);
        w.Byte(row.Bucket);
        w.Byte(row.Class);
        w.UInt16(row.RenewalCount);
        if (row.HeldUntil != 0) w.Signed(row.HeldUntil);
    }

    private static void Hash(ref EventWriter w, UInt128 hash)
    {
        w.UInt64((ulong)(hash >> 64));
        w.UInt64((ulong)(hash & ulong.MaxValue));
    }

    private static void AddLoanDue(in LoanDueRow row, ref EventWriter w)
    {
        if (row.Reference == 0) return;
        w.Byte(13);
        w.Signed(row.Reference);
        w.UInt16(row.Number);
        w.Signed(row.Due);
        w.Signed(row.DaysLate);
        w.Signed(row.Fees);
        w.Signed(row.Interest);
        w.Signed(row.Principal);
        w.Signed(row.PenaltyPaid);
        w.Signed(row.CompoundPaid);
        Wide(ref w, row.PrincipalDays);
        Wide(ref w, row.InterestDays);
        if (row.PenaltyCharged == 0 && row.CompoundCharged == 0) return;
        w.Signed(row.PenaltyCharged);
        w.Signed(row.CompoundCharged);
    }

    private static void AddLoanPage(in LoanPageRow row, ref EventWriter w)
    {
        if (row.Owner == 0) return;
        w.Byte(14);
        w.UInt64(row.Owner);
        w.Signed(row.Place);
        w.Bytes(row.Bytes);
    }

    /// <summary>Places of codes and pools follow from the journal's order, so they are as good as the codes; the place of an obligor is given anew by a restart.</summary>
    private static void AddPoolLoan(in PoolLoanRow row, ref EventWriter w)
    {
        if (row.Id == 0) return;
        w.Byte(20);
        w.UInt16(row.Tenant);
        w.UInt16(row.LegalEntity);
        foreach (var value in (ReadOnlySpan<long>)[
            row.Id, row.Obligor, row.OriginDay, row.RatePpm, row.DaysPastDue, row.RemainingMonths, row.LevelMonths, (long)row.Plan, row.IsOwn, row.Member.Principal, row.Member.Opening, row.Member.Pool, row.Member.Period,
            row.Member.Industry, row.Member.Region, row.Member.Vintage, row.Member.Bucket, row.Member.TermBand, row.Member.RateBand, (long)row.Member.State, row.Member.From, row.Member.To])
            w.Signed(value);
    }

    private void AddFeatures(int first, ReadOnlySpan<byte> bytes, int length, Func<int, NodeKey> keyOf)
    {
        if (bytes.IsEmpty) return;
        Span<byte> buffer = stackalloc byte[64 + Risk.Features.FeatureCatalogue.RowLengthMax];
        for (var i = 0; i < bytes.Length / length; i++)
        {
            var row = bytes.Slice(i * length, length);
            if (row.IndexOfAnyExcept((byte)0) < 0) continue;
            var w = new EventWriter(buffer);
            w.Byte(16);
            Key(ref w, keyOf(first + i));
            w.Bytes(row);
            AddHash(buffer[..w.Length]);
        }
    }

    private static void AddContent(in ContentRow row, ref EventWriter w)
    {
        if (row.Content == 0) return;
        w.Byte(17);
        w.Signed(row.Content);
        w.Signed(row.Piece);
        w.Bytes(((ReadOnlySpan<byte>)row.Bytes)[..row.Length]);
    }

    private NodeKey KeyOf(ChildRef child) => child.IsNode ? state.Nodes.Read(child.Row).Key : state.Facilities.Read(child.Row).Key;

    private static void Key(ref EventWriter w, NodeKey key)
    {
        w.UInt16(key.Tenant);
        w.KeyInTenant(key);
    }

    private static void Wide(ref EventWriter w, Int128 value)
    {
        w.UInt64(unchecked((ulong)(value >> 64)));
        w.UInt64(unchecked((ulong)value));
    }

    private void AddHash(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            ulong low = 0x243F6A8885A308D3UL ^ (ulong)bytes.Length, high = 0x13198A2E03707344UL;
            while (bytes.Length >= 8)
            {
                Fold(BinaryPrimitives.ReadUInt64LittleEndian(bytes), ref low, ref high);
                bytes = bytes[8..];
            }
            ulong last = 0;
            for (var i = 0; i < bytes.Length; i++) last |= (ulong)bytes[i] << (8 * i);
            Fold(last, ref low, ref high);
            Fold(0xA4093822299F31D0UL, ref low, ref high);
            Value += new UInt128(high, low);
        }
    }

    /// <summary>One step of multiply and fold over two lanes; the constants are digits of π, odd.</summary>
    private static void Fold(ulong word, ref ulong low, ref ulong high)
    {
        unchecked
        {
            var top = Math.BigMul(low ^ word, 0x082EFA98EC4E6C89UL, out var bottom);
            low = top ^ bottom ^ high;
            top = Math.BigMul(high + word, 0x452821E638D01377UL, out bottom);
            high = top ^ bottom ^ low;
        }
    }
}
