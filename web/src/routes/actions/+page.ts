export const load = () => ({ title: 'Actions' });
