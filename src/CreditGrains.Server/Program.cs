using CreditGrains.Api.Security;
using CreditGrains.Server;
using CreditGrains.Server.Security;

var arguments = ServerArguments.Parse(args, out var fault);
if (fault is not null)
{
    await Console.Error.WriteLineAsync($"Usage: {fault}. {ServerArguments.Usage}");
    return ExitCodes.Usage;
}

try
{
    return await CreditGrainsServer.RunAsync(new ServerOptions
    {
        DataDirectory = arguments.DataDirectory,
        Security = arguments.Security is { } file ? SecuritySettings.Read(file) : null,
        Open = arguments.Open,
        Address = arguments.Address,
        GrpcPort = arguments.GrpcPort,
        HttpPort = arguments.HttpPort,
        Demo = arguments.Demo,
    });
}
catch (SecurityFileException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return ExitCodes.Usage;
}
