using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Pools;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation;
using CreditGrains.Securitisation.Cashflows;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Orleans.Wire;

/// <summary>What is asked of a partition about its part of a pool, or of the pool. Numbers are between silos of one version only.</summary>
internal enum PoolAsk : byte
{
    /// <summary>Its state and its loans in groups of lines.</summary>
    Lines = 1,

    /// <summary>Its state and what its loans pay, each by itself.</summary>
    Project = 2,

    /// <summary>What some groups hold.</summary>
    Groups = 3,

    /// <summary>Lets loans in, with what the pool says of its concentration rules.</summary>
    Put = 4,

    /// <summary>In which groups of the concentration rules loans are that are to enter.</summary>
    Candidates = 5,

    /// <summary>Transfers a facility into the pool, with what the other parts hold.</summary>
    Transfer = 6,

    /// <summary>Decides loans that wait to enter, with what the other parts hold.</summary>
    Enter = 7,
}

/// <summary>Questions about pools and their answers as bytes. An answer is nothing, something, or what is wrong with the input.</summary>
internal static class PoolWire
{
    private const byte Nothing = 0;
    private const byte Something = 1;
    private const byte Fault = 2;
    private static readonly CashflowColumn[] Columns = [CashflowColumn.Scheduled, CashflowColumn.Prepaid, CashflowColumn.Defaulted, CashflowColumn.Interest];

    /// <summary>Writes bytes.</summary>
    public static Payload Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        write(w);
        w.Flush();
        return new Payload(stream.ToArray());
    }

    /// <summary>Reads bytes; the reader owns nothing outside memory.</summary>
    public static BinaryReader Read(Payload payload) => new(new MemoryStream(payload.Bytes));

    /// <summary>Answers: what is made, nothing, or the fault of the input.</summary>
    public static async Task<Payload> AnswerAsync(Func<Task<Action<BinaryWriter>?>> make)
    {
        try
        {
            var write = await make();
            return write is null ? new Payload([Nothing]) : Write(w =>
            {
                w.Write(Something);
                write(w);
            });
        }
        catch (InvalidInputException fault)
        {
            return Write(w =>
            {
                w.Write(Fault);
                w.Write(fault.Name);
                w.Write(fault.Path);
                w.Write(fault.Fault);
            });
        }
    }

    /// <summary>Reads an answer; null when it is nothing.</summary>
    /// <exception cref="InvalidInputException">The input was wrong.</exception>
    public static T? ReadAnswer<T>(Payload answer, Func<BinaryReader, T> read)
        where T : class
    {
        using var r = Read(answer);
        return r.ReadByte() switch
        {
            Nothing => null,
            Fault => throw new InvalidInputException(r.ReadString(), r.ReadString(), r.ReadString()),
            _ => read(r),
        };
    }

    public static void Write(this BinaryWriter w, NodeKey key)
    {
        w.Write(key.Id);
        w.Write(key.Tenant);
        w.Write(key.LegalEntity);
        w.Write((byte)key.Kind);
    }

    public static NodeKey ReadKey(this BinaryReader r) => new(r.ReadInt64(), r.ReadUInt16(), r.ReadUInt16(), (NodeKind)r.ReadByte());

    public static void WritePart(this BinaryWriter w, ReadOnlySpan<byte> part)
    {
        w.Write(part.Length);
        w.Write(part);
    }

    public static byte[] ReadPart(this BinaryReader r) => r.ReadBytes(r.ReadInt32());

    public static void Write(this BinaryWriter w, PoolAssumptions assumptions)
    {
        switch (assumptions)
        {
            case PoolAssumptions.OwnPast own:
                w.Write((byte)1);
                w.Write(own.Months);
                w.Write(own.ByRates);
                break;
            case PoolAssumptions.Rates rates:
                w.Write((byte)2);
                w.Write(rates.SmmRatio);
                w.Write(rates.MdrRatio);
                break;
            case PoolAssumptions.Scenarios file:
                w.Write((byte)3);
                w.WritePart(file.Json.Span);
                break;
            default:
                w.Write((byte)0);
                break;
        }
    }

    public static PoolAssumptions ReadAssumptions(this BinaryReader r) => r.ReadByte() switch
    {
        1 => new PoolAssumptions.OwnPast(r.ReadInt32(), r.ReadBoolean()),
        2 => new PoolAssumptions.Rates(r.ReadDouble(), r.ReadDouble()),
        3 => new PoolAssumptions.Scenarios(r.ReadPart()),
        _ => new PoolAssumptions.ByPlan(),
    };

    /// <summary>What <see cref="ColumnProjection.AddUp"/> reads of a table.</summary>
    public static void WriteSums(this BinaryWriter w, CashflowTable table)
    {
        w.Write(table.Periods);
        w.Write(table.Periods == 0 ? 0 : table[CashflowColumn.Opening][0]);
        foreach (var column in Columns)
            foreach (var amount in table[column]) w.Write(amount);
    }

    public static CashflowTable ReadSums(this BinaryReader r)
    {
        var table = new CashflowTable(r.ReadInt32());
        var opening = r.ReadDouble();
        if (table.Periods > 0) table[CashflowColumn.Opening][0] = opening;
        foreach (var column in Columns)
            for (var i = 0; i < table.Periods; i++) table[column][i] = r.ReadDouble();
        return table;
    }

    /// <summary>A whole table.</summary>
    public static void WriteTable(this BinaryWriter w, CashflowTable table)
    {
        w.Write(table.Periods);
        foreach (var column in Enum.GetValues<CashflowColumn>())
            foreach (var amount in table[column]) w.Write(amount);
    }

    public static CashflowTable ReadTable(this BinaryReader r)
    {
        var table = new CashflowTable(r.ReadInt32());
        foreach (var column in Enum.GetValues<CashflowColumn>())
            for (var i = 0; i < table.Periods; i++) table[column][i] = r.ReadDouble();
        return table;
    }

    /// <summary>A group of a concentration rule.</summary>
    public static void Write(this BinaryWriter w, (PoolDimension By, long Group) group)
    {
        w.Write((byte)group.By);
        w.Write(group.Group);
    }

    /// <summary>What the other parts of a pool hold.</summary>
    public static void Write(this BinaryWriter w, OtherParts others)
    {
        w.Write(others.Balance);
        w.Write(others.Groups.Count);
        foreach (var ((by, group), held) in others.Groups)
        {
            w.Write(((PoolDimension)by, group));
            w.Write(held);
        }
    }

    public static OtherParts ReadOthers(this BinaryReader r)
    {
        var (balance, groups) = (r.ReadInt64(), new Dictionary<(int, long), long>());
        for (var left = r.ReadInt32(); left > 0; left--)
        {
            var (by, group) = r.ReadGroup();
            groups[((int)by, group)] = r.ReadInt64();
        }

        return new OtherParts(balance, groups);
    }

    public static (PoolDimension By, long Group) ReadGroup(this BinaryReader r) => ((PoolDimension)r.ReadByte(), r.ReadInt64());

    /// <summary>Loans that enter, each with the pool's verdict; null without.</summary>
    public static Payload Put(ReadOnlySpan<Command> commands, PoolVerdict?[] verdicts)
    {
        var written = CommandWire.Write(commands);
        return Write(w =>
        {
            w.Write((byte)PoolAsk.Put);
            w.WritePart(written.Bytes);
            foreach (var verdict in verdicts)
            {
                w.Write(verdict is not null);
                if (verdict is null) continue;
                w.Write(verdict.Rule);
                w.Write(verdict.Text);
            }
        });
    }

    public static Command[] ReadPut(this BinaryReader r)
    {
        var commands = CommandWire.Read(new Payload(r.ReadPart()));
        for (var i = 0; i < commands.Length; i++)
            if (r.ReadBoolean()) commands[i].Control = (PutLoanInPool)commands[i].Control! with { Concentration = new PoolVerdict(r.ReadString(), r.ReadString()) };
        return commands;
    }
}
