using System.Globalization;
using System.IO.Compression;
using CreditGrains.Engine.Files;
using CreditGrains.Simulation.Disk;

namespace CreditGrains.Simulation.Formats;

/// <summary>The files of a data directory as some version of the engine left them, and what it said of the state they hold.</summary>
/// <param name="Disk">The files.</param>
/// <param name="LastSequence">The last event.</param>
/// <param name="Digest">Digest of the state after it, 32 hexadecimal digits.</param>
internal sealed record FormatArchive(FakeDisk Disk, long LastSequence, string Digest)
{
    /// <summary>Where the committed archives lie beside the tests.</summary>
    public const string Folder = "Formats/Archives";

    private const string StateName = "state.txt";

    /// <summary>Writes an archive.</summary>
    public void Write(string path)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (string name in Disk.List())
        {
            using IStoreFile file = Disk.Open(name, create: false);
            byte[] bytes = new byte[file.Length];
            file.Read(0, bytes);
            using Stream entry = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
            entry.Write(bytes);
        }
        using StreamWriter state = new(zip.CreateEntry(StateName).Open());
        state.Write(string.Create(CultureInfo.InvariantCulture, $"{LastSequence} {Digest}\n"));
    }

    /// <summary>Reads an archive onto a disk of its own.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="wants">Which of its files to bring back.</param>
    public static FormatArchive Read(string path, Func<string, bool> wants)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        var disk = new FakeDisk(seed: 1);
        string[] state = [];
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            if (entry.Name == StateName)
            {
                state = System.Text.Encoding.ASCII.GetString(bytes.ToArray()).Split(' ', '\n');
                continue;
            }
            if (!wants(entry.Name)) continue;
            using IStoreFile file = disk.Open(entry.Name, create: true);
            file.Write(0, bytes.ToArray());
            file.Sync();
        }
        disk.SyncDirectory();
        return new FormatArchive(disk, long.Parse(state[0], CultureInfo.InvariantCulture), state[1]);
    }
}
