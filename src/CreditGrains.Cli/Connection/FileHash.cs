using System.Security.Cryptography;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.Connection;

/// <summary>The SHA-256 that names a file's session.</summary>
internal static class FileHash
{
    /// <exception cref="CommandFault">The file cannot be read.</exception>
    public static async Task<byte[]> OfAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        return await SHA256.HashDataAsync(file, cancellationToken);
    }

    /// <summary>Opens a file the user named.</summary>
    /// <exception cref="CommandFault">It is not there or may not be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 1 << 16 });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CommandFault.Usage("FileNotFound", $"there is no file '{path}'; give the path of a file that exists");
        }
        catch (UnauthorizedAccessException)
        {
            throw CommandFault.Usage("FileUnreadable", $"'{path}' may not be read, or is a directory; give a file you may read");
        }
    }
}
