using System.Buffers;
using CreditGrains.Api.Transport.Reflection.V1;
using CreditGrains.Api.Transport.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Reflection;

/// <summary>
/// The standard reflection service, so that tools can call the server without .proto files. Answers for what the table
/// holds when the first question comes. The v1 and v1alpha messages are the same on the wire, so one handler serves both.
/// </summary>
public static class ReflectionService
{
    /// <summary>Adds reflection, as v1 and v1alpha, to a table.</summary>
    public static void Bind(ServiceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = new Lazy<SymbolIndex>(() => new SymbolIndex(table));
        ValueTask Handle(IRawMessageReader requests, IRawMessageWriter responses, CallContext context) =>
            Answer(requests, responses, table, index.Value);
        table.Bind(ReflectionReflection.Descriptor.Services[0]).RawDuplex("ServerReflectionInfo", Handle);
        table.Bind(V1Alpha.ReflectionReflection.Descriptor.Services[0]).RawDuplex("ServerReflectionInfo", Handle);
    }

    private static async ValueTask Answer(IRawMessageReader requests, IRawMessageWriter responses, ServiceTable table, SymbolIndex index)
    {
        while (await requests.WaitToReadAsync())
        {
            while (requests.TryRead(out var message))
            {
                Answer(Parse(message), table, index).WriteTo(responses.Message);
                responses.EndMessage();
                await responses.FlushAsync();
            }
        }
    }

    private static ServerReflectionRequest Parse(ReadOnlySequence<byte> message)
    {
        try
        {
            return ServerReflectionRequest.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.InvalidArgument, $"The request is not a ServerReflectionRequest: {e.Message}", e);
        }
    }

    private static ServerReflectionResponse Answer(ServerReflectionRequest request, ServiceTable table, SymbolIndex index)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.Add(table.Services.Select(service => new ServiceResponse { Name = service.FullName }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                SetFile(response, index.FileByName(request.FileByFilename), $"file {request.FileByFilename}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                SetFile(response, index.FileBySymbol(request.FileContainingSymbol), $"symbol {request.FileContainingSymbol}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                SetFile(response, index.FileByExtension(extension.ContainingType, extension.ExtensionNumber), $"extension {extension.ExtensionNumber} of {extension.ContainingType}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                SetExtensions(response, index, request.AllExtensionNumbersOfType);
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks nothing.");
                break;
        }

        return response;
    }

    private static void SetFile(ServerReflectionResponse response, FileDescriptor? file, string asked)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"No {asked} is served here.");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        AddWithImports(file, response.FileDescriptorResponse, []);
    }

    private static void AddWithImports(FileDescriptor file, FileDescriptorResponse response, HashSet<string> added)
    {
        if (!added.Add(file.Name))
            return;
        response.FileDescriptorProto.Add(file.SerializedData);
        foreach (var import in file.Dependencies)
            AddWithImports(import, response, added);
    }

    private static void SetExtensions(ServerReflectionResponse response, SymbolIndex index, string type)
    {
        if (!index.IsMessage(type))
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"No message {type} is served here.");
            return;
        }

        response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type };
        response.AllExtensionNumbersResponse.ExtensionNumber.Add(index.ExtensionNumbers(type));
    }

    private static ErrorResponse Error(StatusCode code, string message) =>
        new() { ErrorCode = (int)code, ErrorMessage = message };
}
