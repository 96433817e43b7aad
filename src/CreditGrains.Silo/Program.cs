using CreditGrains.Orleans.Hosting;
using CreditGrains.Api.Security;
using CreditGrains.Securitisation;
using CreditGrains.Server;
using CreditGrains.Server.Alerts;
using CreditGrains.Server.Security;
using CreditGrains.Silo;
using CreditGrains.Silo.Security;
using CreditGrains.Silo.Verifying;

if (args is [VerifyRun.Verb, .. var verified]) return VerifyRun.Run(verified, Console.Out, Console.Error);
var arguments = SiloArguments.Parse(args, out var fault);
if (fault is not null)
{
    await Console.Error.WriteLineAsync($"Usage: {fault}. {SiloArguments.Usage}");
    return ExitCodes.Usage;
}

try
{
    return await CreditGrainsServer.RunAsync(new ServerOptions
    {
        DataDirectory = "",
        Security = arguments.Security is { } file ? SecuritySettings.Read(file) : null,
        Open = arguments.Open,
        Address = arguments.Cluster.Address,
        GrpcPort = arguments.GrpcPort,
        HttpPort = arguments.HttpPort,
        AlertRules = arguments.Alerts,
        OpenEngine = async (_, cancellationToken) => await ClusterHost.StartAsync(arguments.Cluster with { AlertRules = arguments.Alerts is { } rules ? AlertRulesFile.Read(rules) : null }, cancellationToken),
        Shared = ClusterKeeping.Of(arguments.Cluster),
    });
}
catch (InvalidInputException failure)
{
    await Console.Error.WriteLineAsync($"AlertRules: {arguments.Alerts}: {failure.Message}.");
    return ExitCodes.Usage;
}
catch (Exception failure) when (failure is ClusterStartException or SecurityFileException or ArgumentException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return ExitCodes.BadData;
}
