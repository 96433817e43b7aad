using CreditGrains.Api.Transport.Server;
using Google.Protobuf.Reflection;

namespace CreditGrains.Api.Transport.Reflection;

/// <summary>The files behind the services of a table, by name and by every symbol they declare.</summary>
internal sealed class SymbolIndex
{
    private readonly Dictionary<string, FileDescriptor> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Type, int Number), FileDescriptor> extensions = [];

    public SymbolIndex(ServiceTable table)
    {
        foreach (var service in table.Services)
            AddFile(service.File);
    }

    public FileDescriptor? FileByName(string name) => files.GetValueOrDefault(name);

    public FileDescriptor? FileBySymbol(string symbol) => symbols.GetValueOrDefault(symbol);

    public FileDescriptor? FileByExtension(string type, int number) => extensions.GetValueOrDefault((type, number));

    public bool IsMessage(string type) => symbols.TryGetValue(type, out var file) && file.MessageTypes.Any(message => Holds(message, type));

    public IEnumerable<int> ExtensionNumbers(string type) =>
        extensions.Keys.Where(key => key.Type == type).Select(key => key.Number).Order();

    private static bool Holds(MessageDescriptor message, string type) =>
        message.FullName == type || message.NestedTypes.Any(nested => Holds(nested, type));

    private void AddFile(FileDescriptor file)
    {
        if (!files.TryAdd(file.Name, file))
            return;
        foreach (var import in file.Dependencies)
            AddFile(import);
        foreach (var message in file.MessageTypes)
            AddMessage(message);
        foreach (var type in file.EnumTypes)
            AddEnum(type);
        AddExtensions(file.Extensions.UnorderedExtensions);
        foreach (var service in file.Services)
        {
            symbols.TryAdd(service.FullName, file);
            foreach (var method in service.Methods)
                symbols.TryAdd(method.FullName, file);
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        symbols.TryAdd(message.FullName, message.File);
        foreach (var field in message.Fields.InDeclarationOrder())
            symbols.TryAdd(field.FullName, message.File);
        foreach (var oneof in message.Oneofs)
            symbols.TryAdd(oneof.FullName, message.File);
        foreach (var nested in message.NestedTypes)
            AddMessage(nested);
        foreach (var type in message.EnumTypes)
            AddEnum(type);
        AddExtensions(message.Extensions.UnorderedExtensions);
    }

    private void AddEnum(EnumDescriptor type)
    {
        symbols.TryAdd(type.FullName, type.File);
        foreach (var value in type.Values)
            symbols.TryAdd(value.FullName, type.File);
    }

    private void AddExtensions(IEnumerable<FieldDescriptor> declared)
    {
        foreach (var extension in declared)
        {
            symbols.TryAdd(extension.FullName, extension.File);
            extensions.TryAdd((extension.ExtendeeType.FullName, extension.FieldNumber), extension.File);
        }
    }
}
