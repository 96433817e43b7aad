using System.Globalization;
using System.Net;

namespace CreditGrains.Server;

/// <summary>The command line of the server's own executable.</summary>
/// <param name="DataDirectory">See <see cref="ServerOptions"/>.</param>
/// <param name="Address">See <see cref="ServerOptions"/>.</param>
/// <param name="GrpcPort">See <see cref="ServerOptions"/>.</param>
/// <param name="HttpPort">See <see cref="ServerOptions"/>.</param>
/// <param name="Demo">See <see cref="ServerOptions"/>.</param>
/// <param name="Security">The security file; null for none.</param>
/// <param name="Open">See <see cref="ServerOptions"/>.</param>
internal sealed record ServerArguments(string DataDirectory, IPAddress Address, int GrpcPort, int HttpPort, bool Demo, string? Security, bool Open)
{
    /// <summary>How to call it.</summary>
    public const string Usage =
        "usage: CreditGrains.Server [--data DIRECTORY] (--security FILE | --open) [--address IP] [--grpc-port 0-65535] [--http-port 0-65535] [--demo]";

    private static readonly ServerArguments Usual = new("data", IPAddress.Loopback, ServerOptions.GrpcPortUsual, ServerOptions.HttpPortUsual, Demo: false, Security: null, Open: false);

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">As given to the process.</param>
    /// <param name="fault">What is wrong with them; null when nothing is.</param>
    public static ServerArguments Parse(IReadOnlyList<string> args, out string? fault)
    {
        var read = Usual;
        fault = null;
        for (var i = 0; i < args.Count && fault is null; i++)
        {
            if (args[i] == "--demo")
            {
                read = read with { Demo = true };
                continue;
            }

            if (args[i] == "--open")
            {
                read = read with { Open = true };
                continue;
            }

            var value = i + 1 < args.Count ? args[i + 1] : null;
            read = read.With(args[i], value, out fault);
            i++;
        }

        return read;
    }

    private ServerArguments With(string name, string? value, out string? fault)
    {
        fault = null;
        switch (name)
        {
            case "--data" or "--security" or "--address" or "--grpc-port" or "--http-port" when value is null:
                fault = $"{name} needs a value";
                return this;
            case "--data":
                return this with { DataDirectory = value };
            case "--security":
                return this with { Security = value };
            case "--address" when IPAddress.TryParse(value, out var address):
                return this with { Address = address };
            case "--grpc-port" when IsPort(value, out var port):
                return this with { GrpcPort = port };
            case "--http-port" when IsPort(value, out var port):
                return this with { HttpPort = port };
            case "--address" or "--grpc-port" or "--http-port":
                fault = $"{name} cannot be '{value}'";
                return this;
            default:
                fault = $"'{name}' is no option";
                return this;
        }
    }

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;
}
