using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.Bench.Measure;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What the data of a server lies on: every decision waits for its syncs.</summary>
internal static class DataDisk
{
    private const string Mounts = "/proc/self/mounts";
    private const int SyncCount = 100;
    private const int PageLength = 4_096;

    /// <summary>Kind of the file system of a directory, which need not exist yet, such as "ext4" or "tmpfs"; null where the system does not tell.</summary>
    public static string? FileSystemOf(string directory) => File.Exists(Mounts) ? FileSystemOf(directory, File.ReadLines(Mounts)) : null;

    /// <summary>The same by the lines of a mount table: device, mount point, kind; the longest mount point above the directory is its own.</summary>
    public static string? FileSystemOf(string directory, IEnumerable<string> mounts)
    {
        var path = WithSlash(Path.GetFullPath(directory));
        var (length, kind) = (0, (string?)null);
        foreach (var fields in mounts.Select(line => line.Split(' ')).Where(fields => fields.Length > 2))
        {
            // A later mount on the same point hides the one before.
            var point = WithSlash(fields[1].Replace("\\040", " ", StringComparison.Ordinal));
            if (point.Length >= length && path.StartsWith(point, StringComparison.Ordinal)) (length, kind) = (point.Length, fields[2]);
        }

        return kind;
    }

    /// <summary>Writes a page and waits for the disk, a hundred times, where the journal will be.</summary>
    public static Figure MeasureSync(string directory)
    {
        Directory.CreateDirectory(directory);
        var millis = new List<double>(SyncCount);
        using (var file = new FileStream(Path.Combine(directory, "sync-probe.tmp"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            var page = new byte[PageLength];
            for (var i = 0; i < SyncCount; i++)
            {
                var start = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                millis.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        millis.Sort();
        return new Figure("sync of 4 KiB in the data directory, median", "ms", millis[SyncCount / 2], Note: string.Create(CultureInfo.InvariantCulture, $"{SyncCount} before the run, the slowest {millis[^1]:F2} ms"));
    }

    private static string WithSlash(string path) => path.EndsWith('/') ? path : $"{path}/";
}
