namespace Millwright.Models;

/// <summary>A model configuration that cannot be used: not JSON, an unknown family, or a field that is missing or out of range.</summary>
public sealed class ModelConfigException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="modelId">Id of the model, as the caller gave it.</param>
    /// <param name="field">Path of the field in the configuration, such as "text_config.hidden_size"; empty for the file as a whole.</param>
    /// <param name="problem">What was found and what is allowed, in one sentence.</param>
    /// <param name="inner">The cause, where another component found the fault.</param>
    public ModelConfigException(string modelId, string field, string problem, Exception? inner = null)
        : base(field.Length == 0 ? $"model '{modelId}': {problem}" : $"model '{modelId}': field '{field}' {problem}", inner)
    {
        ModelId = modelId;
        Field = field;
    }

    /// <summary>Id of the model, as the caller gave it.</summary>
    public string ModelId { get; }

    /// <summary>Path of the field in the configuration; empty for the file as a whole.</summary>
    public string Field { get; }
}
