using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Scoring;

/// <summary>The bytes of <see cref="RiskState"/> in snapshots and digests. Row numbers are left out of neither: files are only ever added, in the order of the journal, so rows are too.</summary>
internal static class RiskStateCodec
{
    private const byte Version = 1;

    public static void Write(BinaryWriter w, RiskState risk)
    {
        w.Write(Version);
        w.Write(risk.Contents.Count);
        foreach (var content in risk.Contents)
        {
            WriteKey(w, content.Entity);
            WriteHash(w, content.Hash);
            w.Write(content.Length);
            w.Write(content.Received);
            w.Write(content.FirstRow);
            w.Write(content.LastRow);
            w.Write(content.Pieces);
        }
        w.Write(risk.Versions.Count);
        foreach (var version in risk.Versions)
        {
            WriteKey(w, version.Entity);
            w.Write(version.IsPolicy);
            WriteName(w, version.Name);
            WriteHash(w, version.Content);
            WriteHash(w, version.Reasons);
            w.Write(version.Detail);
            w.Write(version.RegisteredAtMicros);
        }
        w.Write(risk.Scopes.Count);
        foreach (var (scope, activations) in risk.Scopes)
        {
            WriteKey(w, scope);
            w.Write(activations.Count);
            foreach (var activation in activations)
            {
                w.Write(activation.IsPolicy);
                WriteName(w, activation.Name);
                w.Write((byte)activation.Role);
                w.Write(activation.SharePpm);
                w.Write(activation.FromMicros);
                w.Write(activation.Maker);
                w.Write(activation.Checker);
                w.Write(activation.Sequence);
            }
        }
    }

    /// <summary>Reads into an empty state.</summary>
    /// <exception cref="InvalidDataException">A newer version wrote it.</exception>
    public static void Read(BinaryReader r, RiskState risk)
    {
        if (r.ReadByte() != Version) throw new InvalidDataException("The snapshot's models and policies are of a newer version; use the version that wrote it.");
        for (var i = r.ReadInt32(); i > 0; i--)
        {
            risk.Add(new StoredContent { Entity = ReadKey(r), Hash = ReadHash(r), Length = r.ReadInt32() });
            var content = risk.Contents[^1];
            content.Received = r.ReadInt32();
            content.FirstRow = r.ReadInt32();
            content.LastRow = r.ReadInt32();
            content.Pieces = r.ReadInt32();
        }
        for (var i = r.ReadInt32(); i > 0; i--)
            risk.Add(new RegisteredVersion(ReadKey(r), r.ReadBoolean(), ReadName(r), ReadHash(r), ReadHash(r), r.ReadString(), r.ReadInt64()));
        for (var i = r.ReadInt32(); i > 0; i--)
        {
            var scope = ReadKey(r);
            for (var j = r.ReadInt32(); j > 0; j--)
                risk.Add(scope, new Activation(r.ReadBoolean(), ReadName(r), (VersionRole)r.ReadByte(), r.ReadInt32(), r.ReadInt64(), r.ReadString(), r.ReadString(), r.ReadInt64()));
        }
    }

    private static void WriteKey(BinaryWriter w, NodeKey key)
    {
        w.Write(key.Tenant);
        w.Write(key.LegalEntity);
        w.Write((byte)key.Kind);
        w.Write(key.Id);
    }

    private static NodeKey ReadKey(BinaryReader r)
    {
        var (tenant, legalEntity, kind) = (r.ReadUInt16(), r.ReadUInt16(), (NodeKind)r.ReadByte());
        return new NodeKey(r.ReadInt64(), tenant, legalEntity, kind);
    }

    private static void WriteName(BinaryWriter w, VersionName name)
    {
        w.Write(name.Name);
        w.Write(name.Version);
    }

    private static VersionName ReadName(BinaryReader r) => new(r.ReadString(), r.ReadInt32());

    private static void WriteHash(BinaryWriter w, ContentHash hash)
    {
        w.Write(hash.A);
        w.Write(hash.B);
        w.Write(hash.C);
        w.Write(hash.D);
    }

    private static ContentHash ReadHash(BinaryReader r) => new(r.ReadUInt64(), r.ReadUInt64(), r.ReadUInt64(), r.ReadUInt64());
}
