namespace CreditGrains.Api.Security.Files;

/// <summary>Files that only their owner may read, replaced whole.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file beside the old one, syncs it and renames it over the old.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var whole = Path.GetFullPath(path);
        var beside = $"{whole}.new";
        using (var file = Create(beside))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, whole, overwrite: true);
    }

    /// <summary>Makes a file that must not exist yet.</summary>
    /// <exception cref="IOException">It exists.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        using var file = Create(path, FileMode.CreateNew);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static FileStream Create(string path, FileMode mode = FileMode.Create)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }
}
