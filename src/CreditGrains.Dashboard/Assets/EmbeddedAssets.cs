using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CreditGrains.Dashboard.Assets;

/// <summary>
/// Style, scripts and picture of the pages, out of this assembly: served under a name that holds a hash of the content, so that a browser keeps them for good and gets new ones after an update.
/// </summary>
internal static class EmbeddedAssets
{
    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, Asset> ByName = typeof(EmbeddedAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => Load(name[Prefix.Length..]))
        .ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>Whether the build had the charts.</summary>
    public static bool HasCharts => ByName.ContainsKey("echarts.js");

    /// <summary>Where a page loads an asset from.</summary>
    public static string PathOf(string name) => $"/assets/{ByName[name].Hash}/{name}";

    /// <summary>Serves the assets.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/assets/{hash}/{name}", (string hash, string name, HttpContext context) =>
    {
        if (!ByName.TryGetValue(name, out var asset) || asset.Hash != hash) return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        var accepts = context.Request.Headers.AcceptEncoding.ToString();
        if (!accepts.Contains("gzip", StringComparison.OrdinalIgnoreCase)) return Results.Bytes(asset.Bytes, asset.ContentType);
        context.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(asset.Gzip.Value, asset.ContentType);
    });

    private static Asset Load(string name)
    {
        using var stream = typeof(EmbeddedAssets).Assembly.GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
        return new Asset(name, hash, bytes, new Lazy<byte[]>(() => Compress(bytes)), TypeOf(name));
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal)) gzip.Write(bytes);
        return target.ToArray();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private sealed record Asset(string Name, string Hash, byte[] Bytes, Lazy<byte[]> Gzip, string ContentType);
}
