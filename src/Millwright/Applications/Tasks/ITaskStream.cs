namespace Millwright.Applications.Tasks;

/// <summary>Tasks, read forward once, in order of arrival.</summary>
public interface ITaskStream
{
    /// <summary>Names of the kinds of tools that its tasks use; empty where they use none.</summary>
    IReadOnlyList<string> ToolNames { get; }

    /// <summary>Reads the next task.</summary>
    /// <param name="task">The task, with all of its calls. It stays as it is until <see cref="AgentTask.Release"/>.</param>
    /// <returns>False at the end.</returns>
    bool TryRead(out AgentTask task);
}
