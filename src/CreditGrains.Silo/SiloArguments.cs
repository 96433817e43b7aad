using System.Globalization;
using System.Net;
using CreditGrains.Orleans.Hosting;
using CreditGrains.Server;

namespace CreditGrains.Silo;

/// <summary>The command line of a silo.</summary>
/// <param name="Cluster">The silo's settings.</param>
/// <param name="GrpcPort">Port of gRPC.</param>
/// <param name="HttpPort">Port of JSON over HTTP/1.1.</param>
/// <param name="Security">The security file; null for none.</param>
/// <param name="Open">Whether everybody on this machine may do everything.</param>
/// <param name="Alerts">File of alert rules; null for none.</param>
internal sealed record SiloArguments(ClusterOptions Cluster, int GrpcPort, int HttpPort, string? Security, bool Open, string? Alerts = null)
{
    /// <summary>How to call it.</summary>
    public const string Usage =
        "CreditGrains.Silo --database CONNECTION (--security FILE | --open) [--redis HOST:PORT] [--cluster NAME] [--address IP] [--silo-port 1-65535] [--gateway-port 0-65535]"
        + " [--partitions 1-4096] [--grpc-port 0-65535] [--http-port 0-65535] [--keep-days 4-36500] [--alerts FILE]";

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">As given to the process.</param>
    /// <param name="fault">What is wrong with them; null when nothing is.</param>
    public static SiloArguments Parse(IReadOnlyList<string> args, out string? fault)
    {
        var read = new SiloArguments(new ClusterOptions { Database = "" }, ServerOptions.GrpcPortUsual, ServerOptions.HttpPortUsual, Security: null, Open: false);
        fault = null;
        for (var i = 0; i < args.Count && fault is null; i += 2)
        {
            if (args[i] == "--open")
            {
                read = read with { Open = true };
                i--;
                continue;
            }

            if (i + 1 == args.Count) fault = $"{args[i]} needs a value";
            else read = read.With(args[i], args[i + 1], out fault);
        }
        if (fault is null && read.Cluster.Database.Length == 0) fault = "--database is missing: name the PostgreSQL database, such as \"Host=127.0.0.1;Database=creditgrains;Username=creditgrains\"";
        return read;
    }

    private SiloArguments With(string name, string value, out string? fault)
    {
        fault = null;
        switch (name)
        {
            case "--alerts": return this with { Alerts = value };
            case "--security": return this with { Security = value };
            case "--database": return this with { Cluster = Cluster with { Database = value } };
            case "--redis": return this with { Cluster = Cluster with { Redis = value } };
            case "--cluster": return this with { Cluster = Cluster with { ClusterId = value } };
            case "--address" when IPAddress.TryParse(value, out var address): return this with { Cluster = Cluster with { Address = address } };
            case "--silo-port" when IsNumber(value, 1, 65_535, out var port): return this with { Cluster = Cluster with { SiloPort = port } };
            case "--gateway-port" when IsNumber(value, 0, 65_535, out var port): return this with { Cluster = Cluster with { GatewayPort = port } };
            case "--partitions" when IsNumber(value, 1, 4_096, out var count): return this with { Cluster = Cluster with { Partitions = count } };
            case "--grpc-port" when IsNumber(value, 0, 65_535, out var port): return this with { GrpcPort = port };
            case "--http-port" when IsNumber(value, 0, 65_535, out var port): return this with { HttpPort = port };
            case "--keep-days" when IsNumber(value, 4, 36_500, out var days): return this with { Cluster = Cluster with { JournalKept = TimeSpan.FromDays(days) } };
            case "--keep-days":
                fault = $"--keep-days cannot be '{value}': 4 to 36500, or left out to keep every row of the journal";
                return this;
            case "--address" or "--silo-port" or "--gateway-port" or "--partitions" or "--grpc-port" or "--http-port":
                fault = $"{name} cannot be '{value}'";
                return this;
            default:
                fault = $"'{name}' is no option";
                return this;
        }
    }

    private static bool IsNumber(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
